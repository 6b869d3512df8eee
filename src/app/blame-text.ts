import type { Blame } from "../train/autopsy.ts";
import type { Seen } from "../train/taps.ts";

/** `div in gradient of d.loss made NaN in 3 of 8 values, from x in [0, 1] and y in [0, 0]`. */
export function blameText(blame: Pick<Blame, "made" | "from"> | undefined): string {
  if (!blame) return "Run again with all its values in sight, the step was finite.";
  const { made, from } = blame;
  const size = made.shape.reduce((a, b) => a * b, 1);
  const kinds = [...(made.nan > 0 ? ["NaN"] : []), ...(made.infinite > 0 ? ["infinity"] : [])];
  const what = `${kinds.join(" and ")} in ${made.nan + made.infinite} of ${size} values`;
  if (from.length === 0) return `${made.name} was fed with ${what}.`;
  return `${made.name} made ${what}, from ${from.map(operandText).join(" and ")}.`;
}

const operandText = ({ name, range }: Seen): string =>
  range ? `${name} in [${brief(range[0])}, ${brief(range[1])}]` : `${name}, which is empty`;

const brief = (v: number): string => String(Number(v.toPrecision(4)));

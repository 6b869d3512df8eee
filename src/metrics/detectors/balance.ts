import { healthyText, sideOf } from "../../core/healthy.ts";
import type { Detector, Window } from "./detector.ts";

/** Fewer values than this say nothing. */
const fewest = 10;

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/** The gauge that says whether a reading was outside at the last look, too: 1 above, −1 below. */
const gaugeOf = (name: string): string => `outside ${name}`;

const sign = { below: -1, inside: 0, above: 1 } as const;

/**
 * Readings that stay outside their healthy values: for a loss, that one side has won. What it means
 * and what to try is said where the loss is declared. An alarm at the second look running.
 */
export const balance: Detector = {
  id: "balance",
  about: "losses that stay outside their healthy values: one side has won",
  gauges: { "outside <reading>": "1 = its median was above its healthy values, -1 = below" },
  watch({ readings, past }) {
    const gauges: Record<string, number> = {};
    let alarm: ReturnType<Detector["watch"]>["alarm"];
    for (const [name, window] of Object.entries(readings)) {
      const found = outside(window);
      if (!found) continue;
      gauges[gaugeOf(name)] = sign[found.side];
      const before = past.at(-1)?.[gaugeOf(name)];
      if (found.side === "inside" || before !== sign[found.side]) continue;
      const advice = window.healthy![found.side];
      const says = advice ? `: ${advice.text}` : "";
      const range = healthyText(window.healthy!);
      const text = `${name} stays at ${Number(found.median.toPrecision(3))}, healthy is ${range}${says}`;
      alarm ??= { text, tryNext: advice?.tryNext ?? [] };
    }
    return { gauges, ...(alarm && { alarm }) };
  },
};

function outside({ values, healthy }: Window) {
  if (!healthy || values.length < fewest) return undefined;
  const median = medianOf(values);
  return { median, side: sideOf(healthy, median) };
}

import { constantValue, inputName } from "../engine/ir/leaves.ts";
import { ancestors, type Tensor } from "../engine/ir/tensor.ts";
import { isFloat, type Shape, sizeOf } from "../engine/ir/type.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { cast } from "../engine/ops/index.ts";
import type { Program } from "../engine/program.ts";
import type { Feeds, Provider } from "../engine/run/provider.ts";

/** What a tensor held. */
export interface Seen {
  /** An input's name, a constant, or `operator in place`. */
  readonly name: string;
  readonly shape: Shape;
  /** Smallest and largest of its finite values; absent where it has none. */
  readonly range?: readonly [number, number];
  readonly nan: number;
  readonly infinite: number;
}

/** What every float tensor of a program held in one run. */
export type Taps = ReadonlyMap<Tensor, Seen>;

/** Values that are looked at in one run of the runtime: 64 million, 256 MiB. */
const most = 2 ** 26;

/**
 * Runs a program with its intermediate values as outputs, a part of them at a time, and sums up each.
 * Cost: the program compiled and run once for each 256 MiB of intermediate values.
 */
export async function tap(program: Program, feeds: Feeds, provider: Provider): Promise<Taps> {
  const seen = new Map<Tensor, Seen>();
  const nodes = ancestors(Object.values(program.outputs)).filter(isFloat);
  const made: Tensor[] = [];
  for (const t of nodes) {
    const literal = constantValue(t)?.data;
    const fed = feeds[inputName(t) ?? ""];
    if (literal) seen.set(t, seenOf(t, literal));
    else if (fed) seen.set(t, seenOf(t, await fed.data()));
    else made.push(t);
  }
  for (const group of groupsOf(made)) {
    const outputs = Object.fromEntries(group.map((t) => [`tap${t.id}`, cast(t, { to: "f32" })]));
    const inputs = ancestors(group).filter((t) => inputName(t) !== undefined);
    const session = await provider.create(toOnnx({ inputs, outputs }, provider));
    const names = new Set(inputs.map((t) => inputName(t)!));
    const asked = Object.fromEntries(Object.entries(feeds).filter(([name]) => names.has(name)));
    const results = await session.run(asked);
    for (const t of group) {
      const value = results[`tap${t.id}`]!;
      seen.set(t, seenOf(t, await value.data()));
      value.dispose();
    }
    await session.dispose();
  }
  return seen;
}

function* groupsOf(nodes: readonly Tensor[]): Generator<Tensor[]> {
  let group: Tensor[] = [];
  let size = 0;
  for (const t of nodes) {
    size += sizeOf(t.shape);
    if (size > most && group.length > 0) {
      yield group;
      [group, size] = [[], sizeOf(t.shape)];
    }
    group.push(t);
  }
  if (group.length > 0) yield group;
}

function seenOf(t: Tensor, values: ArrayLike<number>): Seen {
  let [low, high, nan, infinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (Number.isNaN(v)) nan++;
    else if (!Number.isFinite(v)) infinite++;
    else {
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  const range = low <= high ? { range: [low, high] as const } : {};
  return { name: nameOf(t), shape: t.shape, ...range, nan, infinite };
}

/** How a reader finds a tensor again. */
export function nameOf(t: Tensor): string {
  const name = inputName(t);
  if (name !== undefined) return name;
  if (constantValue(t)) return "a constant";
  return t.place ? `${t.record.name} in ${t.place}` : t.record.name;
}

export const isBad = ({ nan, infinite }: Seen): boolean => nan + infinite > 0;

import type { Shape } from "../ir/type.ts";
import type { NodeProto } from "./proto.ts";

/** What a fusion may know of the graph around its nodes. */
export interface Surroundings {
  /** Shapes of values, as far as they are known. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** How often each value is read, in these nodes and outside of them. */
  readonly uses: ReadonlyMap<string, number>;
  /** The name of an int64 vector. */
  ints(values: readonly number[]): string;
}

/** A sub-graph may read any value of the graph around it. */
export const holdsGraph = ({ attributes }: NodeProto): boolean =>
  Object.values(attributes).some((value) => typeof value === "object" && "graph" in value);

/** How often each value is read; `kept` are read once more, outside of these nodes. */
export function usesOf(
  nodes: readonly NodeProto[],
  kept: Iterable<string>,
): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const name of [...nodes.flatMap((n) => n.inputs), ...kept]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return uses;
}

/** x [n,k,…] and bias [1,k,1,…]. */
export function isBias(bias: string, x: string, { shapes }: Surroundings): boolean {
  const [map, row] = [shapes.get(x), shapes.get(bias)];
  if (!map || !row || map.length !== row.length) return false;
  return row.every((d, axis) => d === (axis === 1 ? map[1] : 1));
}

import type { Shape } from "../ir/type.ts";
import type { NodeProto } from "./proto.ts";

/** What a fusion may know of the graph around its nodes. */
export interface Surroundings {
  /** Shapes of values, as far as they are known. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** Values that are read outside of these nodes. */
  readonly kept: ReadonlySet<string>;
  /** The name of an int64 vector. */
  ints(values: readonly number[]): string;
}

/**
 * How often each value is read; undefined where a node holds a sub-graph, which may read any value.
 */
export function usesOf(
  nodes: readonly NodeProto[],
  { kept }: Surroundings,
): ReadonlyMap<string, number> | undefined {
  if (nodes.some((n) => Object.values(n.attributes).some(isGraph))) return undefined;
  const uses = new Map<string, number>();
  for (const name of [...nodes.flatMap((n) => n.inputs), ...kept]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return uses;
}

const isGraph = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "graph" in value;

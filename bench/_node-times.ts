import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** How long one node of a graph took, over the calls that were recorded. */
export interface NodeTime {
  /** Our operator that it lowers; `runtime` for nodes that the runtime made itself. */
  readonly operator: string;
  /** ONNX operator. */
  readonly kind: string;
  readonly fastestMs: number;
  readonly medianMs: number;
}

interface Event {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: { readonly op_name?: string; readonly node_index?: string };
}

const suffix = "_kernel_time";

/** What the runtime recorded in the one file of `folder` whose name begins with `prefix`. */
export function nodeTimes(folder: string, prefix: string): NodeTime[] {
  const file = readdirSync(folder).find((name) => name.startsWith(prefix));
  if (!file) throw new Error(`the runtime left no ${prefix}* in ${folder}`);
  const events = JSON.parse(readFileSync(join(folder, file), "utf8")) as Event[];
  const nodes = new Map<string, { name: string; kind: string; ms: number[] }>();
  for (const { cat, name, dur, args } of events) {
    if (cat !== "Node" || !name.endsWith(suffix)) continue;
    const key = `${args?.node_index} ${name}`;
    const known = nodes.get(key) ?? { name, kind: args?.op_name ?? "?", ms: [] };
    known.ms.push(dur / 1000);
    nodes.set(key, known);
  }
  return [...nodes.values()].map(({ name, kind, ms }) => {
    const sorted = ms.sort((a, b) => a - b);
    const operator = name.includes("/") ? name.split("/")[0]! : "runtime";
    return { operator, kind, fastestMs: sorted[0]!, medianMs: sorted[sorted.length >> 1]! };
  });
}

import { sizeOf } from "../engine/ir/type.ts";
import { transpose } from "../engine/ops/index.ts";
import { traceNets } from "../train/layers.ts";
import type { Codes } from "./codes.ts";
import { NetProbe } from "./net-probe.ts";
import type { OpenRun } from "./sample.ts";
import { attentionNamed, layerNamed } from "./unit-layer.ts";

/** What a layer multiplies its input by. */
export interface UnitFilters {
  /** `[units, inputs, …kernel]`; `[units, inputs]` of a dense layer. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Of each unit: the root of the sum of its squares. */
  readonly norms: Float32Array;
}

/**
 * The weights that a layer uses, after spectral norm and the like; undefined for a layer that has none
 * of its own, or more than one set of them.
 *
 * @throws GanymedeError UNKNOWN_LAYER
 */
export async function unitFilters(run: OpenRun, name: string): Promise<UnitFilters | undefined> {
  const { weights } = layerNamed(run, traceNets(run.game, run.variables, 1), name);
  if (!weights) return undefined;
  const { tensor, unitAxis } = weights;
  const axes = tensor.shape.map((_, axis) => axis);
  const perm = [unitAxis, ...axes.filter((axis) => axis !== unitAxis)];
  const probe = new NetProbe(run, { filters: transpose(tensor, { perm }) }, 1);
  try {
    const values = (await probe.read()).filters!;
    const shape = perm.map((axis) => tensor.shape[axis]!);
    const size = sizeOf(shape.slice(1));
    const norms = Float32Array.from({ length: shape[0]! }, (_, unit) =>
      Math.sqrt(values.subarray(unit * size, (unit + 1) * size).reduce((s, v) => s + v * v, 0)),
    );
    return { shape, values, norms };
  } finally {
    await probe.dispose();
  }
}

/** Where the places of a map look. */
export interface AttentionSeen {
  /** `[count, ∏from, ∏to]`, how much of what a place gathers comes from where; rows sum to 1. */
  readonly weights: Float32Array;
  /** [count, …item], as networks see it. */
  readonly items: Float32Array;
}

/** A layer that attends, ready to be looked at. */
export interface OpenAttention {
  /** The maps' [height, width]. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  see(codes: Codes): Promise<AttentionSeen>;
  dispose(): Promise<void>;
}

/**
 * Compiles a run's nets with the attention of one layer as an output: one session.
 *
 * @param batch items of one call; 4 when absent
 * @throws GanymedeError UNKNOWN_LAYER
 */
export function openAttention(run: OpenRun, name: string, batch = 4): OpenAttention {
  const nets = traceNets(run.game, run.variables, batch);
  const { tensor, from, to } = attentionNamed(run, nets, name);
  const probe = new NetProbe(run, { weights: tensor, items: nets.items }, batch);
  const see = async (codes: Codes): Promise<AttentionSeen> => {
    const seen = await probe.ask(codes);
    return { weights: seen.weights!, items: seen.items! };
  };
  return { from, to, see, dispose: () => probe.dispose() };
}

import { stream } from "../core/random.ts";
import type { Source } from "../data/source.ts";
import { inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { type DType, type Shape, sizeOf } from "../engine/ir/type.ts";
import type { Provider, TypedArray, Value } from "../engine/run/provider.ts";
import type { Progress } from "../nn/schedule.ts";
import { fillNoise } from "./noise.ts";
import type { StepProgram } from "./step.ts";

const arrays = {
  f32: Float32Array,
  f16: Uint16Array,
  i32: Int32Array,
  u8: Uint8Array,
  bool: Uint8Array,
} as const;

export const newArray = (dtype: DType, size: number): TypedArray => new arrays[dtype](size);

/** Where a call starts: ticks and images done, and the seed of everything random. */
export interface Start {
  readonly step: number;
  readonly images: number;
  readonly batch: number;
  readonly seed: number;
}

const progressAt = ({ step, images, batch }: Start, ticks: number): Progress => ({
  step: step + ticks,
  images: images + ticks * batch,
});

/**
 * What the host makes for `repeat` rounds of a step program: data, noise, keys, scalars. A pure
 * function of (seed, tick, images): the same whatever the ticks are grouped into.
 */
export function makeFeeds(
  step: Pick<StepProgram, "program" | "ticks">,
  source: Source,
  provider: Provider,
  start: Start,
  repeat: number,
): Record<string, Value> {
  const feeds: Record<string, Value> = {};
  const used = new Set(step.program.inputs.map((t) => inputName(t)!));
  const slices = new Map<string, TypedArray>();
  const sliceOf = (leaf: Tensor, round: number): TypedArray | undefined => {
    const name = inputName(leaf)!;
    if (!used.has(name)) return undefined;
    const size = sizeOf(leaf.shape);
    let whole = slices.get(name);
    if (!whole) {
      whole = newArray(leaf.dtype, size * repeat);
      slices.set(name, whole);
      const shape: Shape = repeat > 1 ? [repeat, ...leaf.shape] : leaf.shape;
      feeds[name] = provider.value(leaf.dtype, shape, whole);
    }
    return whole.subarray(round * size, (round + 1) * size);
  };
  for (let round = 0; round < repeat; round++) {
    step.ticks.forEach((tick, i) => {
      const progress = progressAt(start, round * step.ticks.length + i);
      const at = progress.step;
      const data = source.batch(progress.images, start.batch, start.seed);
      for (const [field, leaf] of tick.batch) sliceOf(leaf, round)?.set(data[field]!);
      for (const [name, { input, noise }] of tick.noise) {
        fillNoise(sliceOf(input, round) as Float32Array, noise, start.seed, name, at);
      }
      for (const { input, schedule } of tick.scalars.values()) {
        sliceOf(input, round)?.fill(schedule(progress));
      }
      sliceOf(tick.key, round)?.set([stream(start.seed, "key", at).uint32(1)[0]! | 0]);
    });
  }
  return feeds;
}

import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, avgPool, mul, reshape, sub, upsampleNearest } from "../../engine/ops/index.ts";
import { leaky } from "../../nn/activations.ts";
import { conv } from "../../nn/conv.ts";
import { equalised } from "../../nn/equalised.ts";
import { normal, zeros } from "../../nn/initialisers.ts";
import { linear } from "../../nn/linear.ts";
import { minibatchDeviation } from "../../nn/minibatch-deviation.ts";
import { type Layer, type Net, named, sequential } from "../../nn/module.ts";
import { pixelNorm } from "../../nn/pixel-norm.ts";
import { avgPool as pooled } from "../../nn/pool.ts";
import { flatten } from "../../nn/shape.ts";
import type { Scope } from "../../nn/trace.ts";
import { upsample } from "../../nn/upsample.ts";
import { doublingsOf } from "./resnet.ts";

/*
 * Nets that grow. Karras, Aila, Laine, Lehtinen 2018, arXiv:1710.10196, sections 2 and 4 and appendix A.
 * Level 0 is the smallest map, of 4 to 7 pixels; each further level doubles it. A net at stage s has the
 * levels 0 to s, of which the last is faded in: `fade` is 0 when it begins and 1 from then on.
 */

export interface GrowingShape {
  /** [channels, height, width]; height = width = 4 to 7 times a power of two. */
  readonly image: readonly number[];
  /** Channels at the finest map, doubled at each coarser one up to `widest`. */
  readonly width: number;
  readonly widest: number;
  /** Whether the critic sees how much a batch varies. */
  readonly deviation: boolean;
}

/** The last stage: how often the smallest map is doubled. */
export const lastStage = ({ image }: Pick<GrowingShape, "image">): number => doublingsOf(image[1]!);

const channelsAt = (o: GrowingShape, level: number): number =>
  Math.min(o.widest, o.width * 2 ** (lastStage(o) - level));

/** All weights start from N(0, 1) and are scaled as they are used. */
const even = (gain?: number) => ({
  init: normal(1),
  biasInit: zeros,
  weightTransform: equalised(gain),
});
const three = { kernel: 3, pad: 1 } as const;
const act = leaky(0.2);

/** a + share · (b − a). */
const blend = (a: Tensor, b: Tensor, share: Tensor): Tensor => add(a, mul(share, sub(b, a)));

const doubled = (x: Tensor): Tensor => upsampleNearest(x, { scale: [2, 2] });
const halved = (x: Tensor): Tensor => avgPool(x, { kernel: [2, 2], strides: [2, 2] });

/** The generator's map at a level, of the map before it; level 0 takes codes. */
function generatorLevel(o: GrowingShape, level: number): Layer {
  const channels = channelsAt(o, level);
  const again = { act, norm: pixelNorm() };
  const inner = conv(channels, { ...three, ...even() });
  if (level > 0) {
    const first = conv(channels, { ...three, ...even() });
    const norm = pixelNorm();
    return sequential({
      up: upsample(2),
      conv1: first,
      act1: act,
      norm1: norm,
      conv2: inner,
      ...again,
    });
  }
  const base = o.image[1]! / 2 ** lastStage(o);
  const project = linear(channels * base * base, even(Math.SQRT2 / 4));
  return (z, scope) => {
    const flat = named("project", project)(pixelNorm()(z, scope), scope);
    const map = reshape(flat, { shape: [-1, channels, base, base] });
    return sequential({ act1: act, norm1: pixelNorm(), conv2: inner, ...again })(map, scope);
  };
}

const toImage = ({ image }: GrowingShape, level: number): Layer =>
  named(`image${level}`, conv(image[0]!, { kernel: 1, ...even(1) }));

/** Codes f32[n,z] → images f32[n,c,h,w] of stage `stage`, of which the last level has share `fade` []. */
export const growingGenerator =
  (o: GrowingShape, stage: number, fade: Tensor): Net<Tensor, Tensor> =>
  (z, scope) => {
    let [before, map] = [z, z];
    for (let level = 0; level <= stage; level++) {
      before = map;
      map = named(`level${level}`, generatorLevel(o, level))(map, scope);
    }
    const image = toImage(o, stage)(map, scope);
    if (stage === 0) return image;
    if (scope.training) shareOf(scope, stage).write(fade);
    return blend(doubled(toImage(o, stage - 1)(before, scope)), image, fade);
  };

/** What share of the image a level has by now: 0 until its stage begins. */
const shareOf = (scope: Scope, level: number) =>
  scope.child("shares").state(`level${level}`, [], zeros);

/**
 * The same at full size, whatever stage training is at: levels that are yet to come have no share. So one
 * program samples at every moment of a run.
 */
export const grownGenerator =
  (o: GrowingShape): Net<Tensor, Tensor> =>
  (z, scope) => {
    let map = named("level0", generatorLevel(o, 0))(z, scope);
    let image = toImage(o, 0)(map, scope);
    for (let level = 1; level <= lastStage(o); level++) {
      map = named(`level${level}`, generatorLevel(o, level))(map, scope);
      image = blend(doubled(image), toImage(o, level)(map, scope), shareOf(scope, level).read());
    }
    return image;
  };

/** The critic's map below a level, of the map at it; level 0 gives scores f32[n]. */
function criticLevel(o: GrowingShape, level: number): Layer {
  const inner = conv(channelsAt(o, level), { ...three, ...even() });
  if (level > 0) {
    const wider = conv(channelsAt(o, level - 1), { ...three, ...even() });
    return sequential({ conv1: inner, act1: act, conv2: wider, act2: act, down: pooled(2) });
  }
  const score = sequential({
    ...(o.deviation && { deviation: minibatchDeviation() }),
    conv1: inner,
    act1: act,
    flat: flatten,
    dense: linear(channelsAt(o, 0), even()),
    act2: act,
    score: linear(1, even(1)),
  });
  return (map, scope) => reshape(score(map, scope), { shape: [map.shape[0]!] });
}

const fromImage = (o: GrowingShape, level: number): Layer =>
  named(
    `image${level}`,
    sequential({ conv: conv(channelsAt(o, level), { kernel: 1, ...even() }), act }),
  );

/** Images f32[n,c,h,w] of stage `stage` → scores f32[n]. */
export const growingCritic =
  (o: GrowingShape, stage: number, fade: Tensor): Net<Tensor, Tensor> =>
  (x, scope) => {
    let map = fromImage(o, stage)(x, scope);
    for (let level = stage; level >= 0; level--) {
      map = named(`level${level}`, criticLevel(o, level))(map, scope);
      if (level !== stage || level === 0) continue;
      map = blend(fromImage(o, level - 1)(halved(x), scope), map, fade);
    }
    return map;
  };

/** Data f32[n,c,h,w] at full size as a stage sees them: as small, and without what is yet to be faded in. */
export function seenAt(o: GrowingShape, stage: number, fade: Tensor, x: Tensor): Tensor {
  let image = x;
  for (let level = lastStage(o); level > stage; level--) image = halved(image);
  return stage === 0 ? image : blend(doubled(halved(image)), image, fade);
}

/** Names of the parts of a net that a stage trains: its levels, and the images of the last two. */
export const partsAt = (net: string, stage: number): string[] => [
  ...Array.from({ length: stage + 1 }, (_, level) => `${net}.level${level}`),
  ...(stage > 0 ? [`${net}.image${stage - 1}`] : []),
  `${net}.image${stage}`,
];

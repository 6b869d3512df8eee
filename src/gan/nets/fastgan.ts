import { GanymedeError } from "../../core/errors.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mul, reshape } from "../../engine/ops/index.ts";
import { glu, leaky, tanh } from "../../nn/activations.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { conv } from "../../nn/conv.ts";
import { convTranspose } from "../../nn/conv-transpose.ts";
import { type Layer, type Net, named, sequential } from "../../nn/module.ts";
import { noiseInjection } from "../../nn/noise-injection.ts";
import { avgPool } from "../../nn/pool.ts";
import { upsampledConv } from "../../nn/resampled-conv.ts";
import { skipExcitation } from "../../nn/skip-excitation.ts";
import type { WeightTransform } from "../../nn/weight.ts";
import { doublingsOf } from "./resnet.ts";

/*
 * The nets of FastGAN. Liu, Zhu, Song, Elgammal 2021, arXiv:2101.04775, section 3 and appendix B.
 */

export interface FastGanShape {
  /** [channels, height, width]; height = width = 4 to 7 times a power of two. */
  readonly image: readonly number[];
  /** Channels at the finest map, doubled at each coarser one up to 16 times as many. */
  readonly width: number;
  readonly weightTransform?: WeightTransform | undefined;
}

const channelsAt = ({ image, width }: FastGanShape, level: number): number =>
  width * Math.min(16, 2 ** (doublingsOf(image[1]!) - level));

/** No bias: batch norm follows. */
const weightsOf = ({ weightTransform }: Pick<FastGanShape, "weightTransform">) => ({
  bias: false,
  ...(weightTransform && { weightTransform }),
});

const three = { kernel: 3, pad: 1 } as const;

/** Up, 3x3, batch norm and GLU; `twice` has another 3x3, and noise before both norms. */
function upBlock(o: Pick<FastGanShape, "weightTransform">, width: number, twice: boolean): Layer {
  const weights = { ...three, ...weightsOf(o) };
  const once = sequential({
    conv1: upsampledConv(2 * width, weights),
    ...(twice && { noise1: noiseInjection }),
    norm1: batchNorm(),
    act1: glu,
  });
  if (!twice) return once;
  const again = sequential({
    conv2: conv(2 * width, weights),
    noise2: noiseInjection,
    norm2: batchNorm(),
    act2: glu,
  });
  return (x, scope) => again(once(x, scope), scope);
}

/**
 * Codes f32[n,z] → images f32[n,c,h,w] in [−1,1]: blocks that double the map, of which every other one has
 * two convolutions and noise. A map excites the one that is four doublings finer; in nets with fewer than
 * five, as many finer that the two finest are excited.
 */
export function fastganGenerator(o: FastGanShape): Net<Tensor, Tensor> {
  const { image } = o;
  const doublings = doublingsOf(image[1]!);
  const ahead = Math.min(4, Math.max(1, doublings - 1));
  const kernel = image[1]! / 2 ** doublings;
  const start = sequential({
    conv: convTranspose(2 * channelsAt(o, 0), { kernel, ...weightsOf(o) }),
    norm: batchNorm(),
    act: glu,
  });
  const toImage = sequential({ image: conv(image[0]!, { ...three, ...weightsOf(o) }), tanh });
  return (z, scope) => {
    const maps = [named("start", start)(reshape(z, { shape: [...z.shape, 1, 1] }), scope)];
    for (let level = 1; level <= doublings; level++) {
      const up = named(`up${level}`, upBlock(o, channelsAt(o, level), level % 2 === 1));
      const high = up(maps.at(-1)!, scope);
      const low = maps[level - ahead];
      const excite = named(`excite${level}`, skipExcitation(o));
      maps.push(low ? excite({ low, high }, scope) : high);
    }
    return toImage(maps.at(-1)!, scope);
  };
}

/** Halves the map in two ways, convolutions of which the first strides, and a mean, and takes the mean of both. */
export function halving(
  { kernel = 4, ...o }: Pick<FastGanShape, "weightTransform"> & { readonly kernel?: 3 | 4 },
  width: number,
): Layer {
  const weights = weightsOf(o);
  const main = sequential({
    conv1: conv(width, { kernel, stride: 2, pad: 1, ...weights }),
    norm1: batchNorm(),
    act1: leaky(0.2),
    conv2: conv(width, { ...three, ...weights }),
    norm2: batchNorm(),
    act2: leaky(0.2),
  });
  const direct = sequential({
    pool: avgPool(2),
    conv: conv(width, { kernel: 1, ...weights }),
    norm: batchNorm(),
    act: leaky(0.2),
  });
  return (x, scope) =>
    mul(add(named("main", main)(x, scope), named("direct", direct)(x, scope)), 0.5);
}

/** Times that the discriminator halves its map. Throws `SHAPE` for images that are too small. */
function halvingsOf({ image }: Pick<FastGanShape, "image">): number {
  const halvings = doublingsOf(image[1]!) - 1;
  if (halvings > 0) return halvings;
  throw new GanymedeError("SHAPE", {
    where: "fastgan",
    expected: "images of 16 pixels or more, whose maps are halved to 8 to 14",
    got: `${image[1]} pixels`,
    fix: "resize the data to 16 or 32 pixels",
  });
}

/** Images f32[n,c,h,w] → features f32[n,d,s,s], s = 8 to 14: a convolution, and blocks that halve the map. */
export function fastganFeatures(o: FastGanShape): Layer {
  const halvings = halvingsOf(o);
  const channels = (halved: number) => channelsAt(o, halvings + 1 - halved);
  const layers: Record<string, Layer> = {
    stem: conv(channels(0), { ...three, ...weightsOf(o) }),
    act: leaky(0.2),
  };
  for (let i = 1; i <= halvings; i++) layers[`down${i}`] = halving(o, channels(i));
  return sequential(layers);
}

/** Features f32[n,d,s,s] → the logit of each patch of 4x4 of them, f32[n,(s − 3)²]. */
export const patchLogits =
  ({ weightTransform }: Pick<FastGanShape, "weightTransform"> = {}): Layer =>
  (x, scope) => {
    const weights = weightsOf({ weightTransform });
    const score = sequential({
      mix: conv(x.shape[1]!, { kernel: 1, ...weights }),
      norm: batchNorm(),
      act: leaky(0.2),
      logit: conv(1, { kernel: 4, ...weights }),
    });
    return reshape(score(x, scope), { shape: [x.shape[0]!, -1] });
  };

/**
 * Maps f32[n,d,s,s] of a discriminator → images f32[n,c,side,side] in [−1,1] by GLU blocks that double
 * them. Throws `SHAPE` unless side is s times a power of two.
 */
export const mapDecoder =
  (
    o: Pick<FastGanShape, "image" | "weightTransform"> & { readonly width: number },
    side: number,
  ): Layer =>
  (x, scope) => {
    const doublings = Math.log2(side / x.shape[2]!);
    if (!Number.isInteger(doublings) || doublings < 0) throw undoubled(x.shape[2]!, side);
    const layers: Record<string, Layer> = {};
    for (let i = 0; i < doublings; i++) {
      layers[`up${i}`] = upBlock(o, o.width * 2 ** (doublings - 1 - i), false);
    }
    return sequential({
      ...layers,
      image: conv(o.image[0]!, { ...three, ...weightsOf(o) }),
      tanh,
    })(x, scope);
  };

const undoubled = (from: number, side: number) =>
  new GanymedeError("SHAPE", {
    where: "decoder of maps",
    expected: `a side of ${from} times a power of two`,
    got: String(side),
    fix: "decode to a side that doublings reach",
  });

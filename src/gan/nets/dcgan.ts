import { GanymedeError } from "../../core/errors.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { reshape } from "../../engine/ops/index.ts";
import { leaky, relu, tanh } from "../../nn/activations.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { conv } from "../../nn/conv.ts";
import { convTranspose } from "../../nn/conv-transpose.ts";
import { normal } from "../../nn/initialisers.ts";
import { type Layer, type Net, named, sequential } from "../../nn/module.ts";
import type { WeightTransform } from "../../nn/weight.ts";

export interface DcganShape {
  /** [channels, height, width] of an image; see `mapSides` for the heights = widths that fit. */
  readonly image: readonly number[];
  /** Channels at the finest hidden map; they double with each halving of the map. */
  readonly width: number;
}

/**
 * Map sides from 4 to `size`: doublings, after one step from 4 to an odd start where `size` needs it.
 * 32 → 4, 8, 16, 32; 28 → 4, 7, 14, 28. Throws `SHAPE` for a size that is not 4 to 7 times 2^k, k > 0.
 */
export function mapSides(size: number): number[] {
  const sides = [size];
  while (sides[0]! % 2 === 0 && sides[0]! / 2 >= 4) sides.unshift(sides[0]! / 2);
  if (sides[0]! > 7 || sides.length === 1) {
    throw new GanymedeError("SHAPE", {
      where: "dcgan",
      expected: "an image side of 4, 5, 6 or 7 times a power of two (8, 16, 28, 32, 48, 64, …)",
      got: String(size),
      fix: "resize the data, for instance to 32 or 64",
    });
  }
  return sides[0] === 4 ? sides : [4, ...sides];
}

export interface Normed extends DcganShape {
  /** Batch norm, as in the paper, when absent. */
  readonly norm?: Layer | "none" | undefined;
  readonly weightTransform?: WeightTransform | undefined;
}

/** The paper's initial weights: N(0, 0.02²). */
const init = normal(0.02);

/** Geometry between two neighbouring maps: k4 s2 for a doubling, else a kernel that reaches over. */
const between = (small: number, large: number) =>
  large === 2 * small
    ? { kernel: 4, stride: 2, pad: 1, init }
    : { kernel: large - small + 1, stride: 1, pad: 0, init };

/**
 * Codes f32[n, z] → images f32[n, c, h, w] in [−1, 1]: transposed convolutions that double the map,
 * batch norm and ReLU between, tanh at the end. Radford et al. 2015, arXiv:1511.06434, section 3.
 */
export const dcganGenerator = (shape: Normed): Net<Tensor, Tensor> => {
  const net = sequential(generatorLayers(shape));
  return (z, scope) => net(asMap(z), scope);
};

/** The same, and what each hidden level makes on the way: the coarsest maps first, the image last. */
export const dcganGeneratorMaps = (shape: Normed): Net<Tensor, readonly Tensor[]> => {
  const net = stopping(generatorLayers(shape), (name) => name.startsWith("act") || name === "tanh");
  return (z, scope) => net(asMap(z), scope);
};

const asMap = (z: Tensor): Tensor => reshape(z, { shape: [...z.shape, 1, 1] });

function generatorLayers({ image, width, norm = batchNorm(), weightTransform }: Normed) {
  const weights = { bias: norm === "none", ...(weightTransform && { weightTransform }) };
  const sides = mapSides(image[1]!);
  const hidden = sides.length - 1;
  const channels = (level: number) => width * 2 ** (hidden - 1 - level);
  const layers: Record<string, Layer> = {
    project: convTranspose(channels(0), { kernel: 4, init, ...weights }),
    ...(norm !== "none" && { norm0: norm }),
    act0: relu,
  };
  for (let level = 1; level < hidden; level++) {
    const step = between(sides[level - 1]!, sides[level]!);
    layers[`up${level}`] = convTranspose(channels(level), { ...step, ...weights });
    if (norm !== "none") layers[`norm${level}`] = norm;
    layers[`act${level}`] = relu;
  }
  layers.image = convTranspose(image[0]!, between(sides.at(-2)!, sides.at(-1)!));
  layers.tanh = tanh;
  return layers;
}

/** Layers one after the other, and what those that `isStop` names make. */
const stopping =
  (
    layers: Readonly<Record<string, Layer>>,
    isStop: (name: string) => boolean,
  ): Net<Tensor, readonly Tensor[]> =>
  (x, scope) => {
    const made: Tensor[] = [];
    let h = x;
    for (const [name, layer] of Object.entries(layers)) {
      h = named(name, layer)(h, scope);
      if (isStop(name)) made.push(h);
    }
    return made;
  };

/**
 * Images f32[n, c, h, w] → features f32[n, channels, 4, 4]: strided convolutions that halve the map, a
 * norm (batch norm in the paper; none for a critic with a gradient penalty) and leaky ReLU between.
 */
export const dcganFeatures = (shape: Normed): Net<Tensor, Tensor> =>
  sequential(featureLayers(shape));

/** The same, and what each level makes on the way: f32[n, width, h/2, w/2] first, the 4x4 maps last. */
export const dcganMaps = (shape: Normed): Net<Tensor, readonly Tensor[]> =>
  stopping(featureLayers(shape), (name) => name.startsWith("act"));

function featureLayers({ image, width, norm = batchNorm(), weightTransform }: Normed) {
  const sides = mapSides(image[1]!).reverse();
  const weights = weightTransform ? { weightTransform } : {};
  const layers: Record<string, Layer> = {};
  for (let level = 0; level < sides.length - 1; level++) {
    const bare = level === 0 || norm === "none";
    const step = between(sides[level + 1]!, sides[level]!);
    layers[`down${level}`] = conv(width * 2 ** level, { ...step, ...weights, bias: bare });
    if (level > 0 && norm !== "none") layers[`norm${level}`] = norm;
    layers[`act${level}`] = leaky(0.2);
  }
  return layers;
}

/** Images f32[n, c, h, w] → logits f32[n]: `dcganFeatures` and one linear map of all of them. */
export function dcganDiscriminator(shape: Normed): Net<Tensor, Tensor> {
  const features = dcganFeatures(shape);
  const { weightTransform } = shape;
  const head = conv(1, { kernel: 4, init, ...(weightTransform && { weightTransform }) });
  return (x, scope) =>
    reshape(head(features(x, scope), scope.child("logit")), { shape: [x.shape[0]!] });
}

import { GanymedeError } from "../../core/errors.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { reshape } from "../../engine/ops/index.ts";
import { leaky, relu, tanh } from "../../nn/activations.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { conv } from "../../nn/conv.ts";
import { convTranspose } from "../../nn/conv-transpose.ts";
import { normal } from "../../nn/initialisers.ts";
import { type Layer, type Net, sequential } from "../../nn/module.ts";

export interface DcganShape {
  /** [channels, height, width] of an image; height = width = base·2^k with base 4 to 7. */
  readonly image: readonly number[];
  /** Channels at the finest hidden map; they double with each halving of the map. */
  readonly width: number;
}

/** 28 → 7 and two doublings, 32 → 4 and three, 64 → 4 and four. */
export function pyramid(size: number): { base: number; doublings: number } {
  let [base, doublings] = [size, 0];
  while (base % 2 === 0 && base / 2 >= 4) {
    base /= 2;
    doublings++;
  }
  if (base > 7 || doublings === 0) {
    throw new GanymedeError("SHAPE", {
      where: "dcgan",
      expected: "an image side of 4, 5, 6 or 7 times a power of two (8, 16, 28, 32, 48, 64, …)",
      got: String(size),
      fix: "resize the data, for instance to 32 or 64",
    });
  }
  return { base, doublings };
}

/** The paper's initial weights: N(0, 0.02²). */
const init = normal(0.02);
const halving = { kernel: 4, stride: 2, pad: 1, init };

/**
 * Codes f32[n, z] → images f32[n, c, h, w] in [−1, 1]: transposed convolutions that double the map,
 * batch norm and ReLU between, tanh at the end. Radford et al. 2015, arXiv:1511.06434, section 3.
 */
export function dcganGenerator({ image, width }: DcganShape): Net<Tensor, Tensor> {
  const { base, doublings } = pyramid(image[1]!);
  const channels = (level: number) => width * 2 ** (doublings - 1 - level);
  const layers: Record<string, Layer> = {
    project: convTranspose(channels(0), { kernel: base, bias: false, init }),
    norm0: batchNorm(),
    act0: relu,
  };
  for (let level = 1; level < doublings; level++) {
    layers[`up${level}`] = convTranspose(channels(level), { ...halving, bias: false });
    layers[`norm${level}`] = batchNorm();
    layers[`act${level}`] = relu;
  }
  layers.image = convTranspose(image[0]!, halving);
  layers.tanh = tanh;
  const net = sequential(layers);
  return (z, scope) => net(reshape(z, { shape: [...z.shape, 1, 1] }), scope);
}

/**
 * Images f32[n, c, h, w] → logits f32[n]: strided convolutions that halve the map, a norm (batch norm
 * in the paper; none for a critic with a gradient penalty) and leaky ReLU between.
 */
export function dcganDiscriminator({
  image,
  width,
  norm = batchNorm(),
}: DcganShape & { readonly norm?: Layer | undefined | "none" }): Net<Tensor, Tensor> {
  const { base, doublings } = pyramid(image[1]!);
  const normed = norm !== "none" ? norm : undefined;
  const layers: Record<string, Layer> = {};
  for (let level = 0; level < doublings; level++) {
    const bare = level === 0 || !normed;
    layers[`down${level}`] = conv(width * 2 ** level, { ...halving, bias: bare });
    if (!bare) layers[`norm${level}`] = normed!;
    layers[`act${level}`] = leaky(0.2);
  }
  layers.logit = conv(1, { kernel: base, init });
  const net = sequential(layers);
  return (x, scope) => reshape(net(x, scope), { shape: [x.shape[0]!] });
}

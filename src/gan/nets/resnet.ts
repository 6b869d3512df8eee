import type { Tensor } from "../../engine/ir/tensor.ts";
import { reshape } from "../../engine/ops/index.ts";
import { relu, tanh } from "../../nn/activations.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { conv } from "../../nn/conv.ts";
import { xavierUniform } from "../../nn/initialisers.ts";
import { linear } from "../../nn/linear.ts";
import { type Layer, type Net, residual, sequential } from "../../nn/module.ts";
import { avgPool, globalSum } from "../../nn/pool.ts";
import { pooledConv, upsampledConv } from "../../nn/resampled-conv.ts";
import { upsample } from "../../nn/upsample.ts";
import type { WeightTransform } from "../../nn/weight.ts";
import { mapSides } from "./dcgan.ts";

/*
 * The residual nets of SNGAN. Miyato, Kataoka, Koyama, Yoshida 2018, arXiv:1802.05957, appendix B.
 */

export interface ResnetShape {
  /** [channels, height, width]; height = width = 4 to 7 times a power of two. */
  readonly image: readonly number[];
  /** Channels of every block. */
  readonly width: number;
}

const inner = xavierUniform(Math.SQRT2);
const outer = xavierUniform(1);

export interface UpBlock {
  /** Channels of the result. */
  readonly width: number;
  /** Before each ReLU; batch norm when absent. */
  readonly norm?: Layer;
  readonly weightTransform?: WeightTransform | undefined;
}

/**
 * Doubles the map: norm, ReLU, up, 3x3, norm, ReLU, 3x3; the shortcut is up and 1x1. Whether the map is
 * resampled before a 1x1 or after it is one and the same map: here the 1x1 sees the smaller one.
 */
export function upBlock({ width, norm = batchNorm(), weightTransform }: UpBlock): Layer {
  const weights = weightTransform ? { weightTransform } : {};
  const body = { kernel: 3, pad: 1, init: inner, ...weights };
  return residual(
    sequential({
      norm1: norm,
      act1: relu,
      conv1: upsampledConv(width, body),
      norm2: norm,
      act2: relu,
      conv2: conv(width, body),
    }),
    sequential({ conv: conv(width, { kernel: 1, init: outer, ...weights }), up: upsample(2) }),
  );
}

/** How often a side of 4 to 7 is doubled to reach `size`. */
export const doublingsOf = (size: number): number =>
  mapSides(size).filter((side, i, all) => side === 2 * (all[i - 1] ?? 0)).length;

/** Codes f32[n,z] → images f32[n,c,h,w] in [−1,1]. */
export function resnetGenerator({ image, width }: ResnetShape): Net<Tensor, Tensor> {
  const doublings = doublingsOf(image[1]!);
  const base = image[1]! / 2 ** doublings;
  const layers: Record<string, Layer> = {};
  for (let i = 0; i < doublings; i++) layers[`up${i}`] = upBlock({ width });
  layers.norm = batchNorm();
  layers.act = relu;
  layers.image = conv(image[0]!, { kernel: 3, pad: 1, init: outer });
  layers.tanh = tanh;
  const trunk = sequential(layers);
  const project = linear(width * base * base, { init: outer });
  return (z, scope) => {
    const map = reshape(project(z, scope.child("project")), { shape: [-1, width, base, base] });
    return trunk(map, scope);
  };
}

export interface DownBlock {
  /** Channels of the result. */
  readonly width: number;
  /** Sees the image itself: no ReLU before its first convolution. */
  readonly first?: boolean;
  /** Halves the map; a block that does not keeps its channels. */
  readonly down?: boolean;
  readonly weightTransform?: WeightTransform | undefined;
}

/** ReLU, 3x3, ReLU, 3x3, maybe halved; the first block has no leading ReLU. */
export function downBlock({
  width,
  first = false,
  down = false,
  weightTransform,
}: DownBlock): Layer {
  const weights = { init: inner, ...(weightTransform && { weightTransform }) };
  const body = sequential({
    ...(!first && { act1: relu }),
    conv1: conv(width, { kernel: 3, pad: 1, ...weights }),
    act2: relu,
    conv2: (down ? pooledConv : conv)(width, { kernel: 3, pad: 1, ...weights }),
  });
  if (!down) return residual(body);
  const pointwise = conv(width, { kernel: 1, ...weights, init: outer });
  return residual(body, sequential({ pool: avgPool(2), conv: pointwise }));
}

/** Images f32[n,c,h,w] → logits f32[n]: two halving blocks, two plain ones, a sum over the map. */
export function resnetDiscriminator({
  width,
  weightTransform,
}: Pick<ResnetShape, "width"> & {
  readonly weightTransform?: WeightTransform;
}): Net<Tensor, Tensor> {
  const block = (options: Partial<DownBlock>) => downBlock({ width, weightTransform, ...options });
  const net = sequential({
    down0: block({ first: true, down: true }),
    down1: block({ down: true }),
    block2: block({}),
    block3: block({}),
    act: relu,
    sum: globalSum,
    logit: linear(1, { init: outer, ...(weightTransform && { weightTransform }) }),
  });
  return (x, scope) => reshape(net(x, scope), { shape: [x.shape[0]!] });
}

import { GanymedeError } from "../../core/errors.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { mul, reshape, sum } from "../../engine/ops/index.ts";
import { leaky } from "../../nn/activations.ts";
import { conv } from "../../nn/conv.ts";
import { heNormal, normal, zeros } from "../../nn/initialisers.ts";
import { linear } from "../../nn/linear.ts";
import { type Layer, type Net, residual, sequential } from "../../nn/module.ts";
import { resize } from "../../nn/upsample.ts";
import type { Initialiser } from "../../nn/variables.ts";
import { mapSides } from "./dcgan.ts";

/*
 * The nets of R3GAN: ResNeXt blocks without any norm, held by their initial weights instead. Huang,
 * Gokaslan, Kuleshov, Tompkin 2024, arXiv:2501.05441, section 4 and appendix; the blocks' first
 * weights are Fixup's, Zhang, Dauphin, Ma 2019, arXiv:1901.09321.
 */

export interface R3ganShape {
  /** [channels, height, width]; height = width = 4 to 7 times a power of two. */
  readonly image: readonly number[];
  /** Channels at the finest map; they double with each halving of the map up to `widest`. */
  readonly width: number;
  readonly widest: number;
  /** Residual blocks of each map. */
  readonly blocks: number;
  /** Channels inside a block for each one outside; 2 when absent. */
  readonly expansion?: number;
  /** Channels of each group of the 3x3 convolution; 16 when absent. */
  readonly groupWidth?: number;
}

/** A map of the image on its way, from the smallest to the image's own size. */
interface Stage {
  readonly side: number;
  readonly channels: number;
}

function stagesOf({ image, width, widest }: R3ganShape): Stage[] {
  const sides = mapSides(image[1]!).filter((side, i, all) => i > 0 || 2 * side === all[1]);
  return sides.map((side, i) => {
    const doubled = width * 2 ** (sides.length - 1 - i);
    return { side, channels: Math.min(doubled, Math.max(width, widest)) };
  });
}

const slope = 0.2;

/** N(0, 1/fan-in): of a map that no activation follows. */
const plain = heNormal({ slope: 1 });

const scaled =
  (init: Initialiser, factor: number): Initialiser =>
  (random, shape) =>
    init(random, shape).map((v) => v * factor);

/**
 * x + 1x1(act(grouped 3x3(act(1x1 x)))). The last weight starts at 0, so a net starts as its
 * transitions alone; the other two shrink by L^(−1/4), L being the blocks of the net.
 */
function bottleneck(channels: number, shape: R3ganShape): Layer {
  const { expansion = 2, groupWidth = 16, blocks } = shape;
  const inner = channels * expansion;
  const total = blocks * stagesOf(shape).length;
  const init = scaled(heNormal({ slope }), total ** -0.25);
  return residual(
    sequential({
      expand: conv(inner, { kernel: 1, init, biasInit: zeros }),
      act1: leaky(slope),
      grouped: conv(inner, {
        kernel: 3,
        pad: 1,
        groups: groupsOf(inner, groupWidth),
        init,
        biasInit: zeros,
      }),
      act2: leaky(slope),
      reduce: conv(channels, { kernel: 1, init: zeros, bias: false }),
    }),
  );
}

function groupsOf(channels: number, groupWidth: number): number {
  if (channels <= groupWidth) return 1;
  if (channels % groupWidth === 0) return channels / groupWidth;
  throw new GanymedeError("SHAPE", {
    where: "r3gan",
    expected: `channels inside a block in groups of ${groupWidth}`,
    got: String(channels),
    fix: `choose a width such that width times the expansion is a multiple of ${groupWidth}`,
  });
}

const blocksOf = (channels: number, shape: R3ganShape): Record<string, Layer> =>
  Object.fromEntries(
    Array.from({ length: shape.blocks }, (_, i) => [`block${i}`, bottleneck(channels, shape)]),
  );

/** To other channels, linearly; nothing where there are as many. */
const widen = (from: Stage, to: Stage): Record<string, Layer> =>
  from.channels === to.channels
    ? {}
    : { widen: conv(to.channels, { kernel: 1, init: plain, bias: false }) };

/** Codes f32[n,z] → images f32[n,c,h,w], unbounded: the paper's generator has no tanh. */
export function r3ganGenerator(shape: R3ganShape): Net<Tensor, Tensor> {
  const stages = stagesOf(shape);
  const layers: Record<string, Layer> = { basis: learntBasis(stages[0]!) };
  stages.forEach((stage, i) => {
    const before = stages[i - 1];
    layers[`stage${i}`] = sequential({
      ...(before && { ...widen(before, stage), up: resize(stage.side, "bilinear") }),
      ...blocksOf(stage.channels, shape),
    });
  });
  layers.image = conv(shape.image[0]!, { kernel: 1, init: plain, bias: false });
  return sequential(layers);
}

/** Each code weighs one learnt picture a channel: f32[n,z] → f32[n,c,side,side]. */
const learntBasis =
  ({ side, channels }: Stage): Layer =>
  (z, scope) => {
    const weights = linear(channels, { init: plain, bias: false })(z, scope.child("linear"));
    const pictures = scope.parameter("weight", [channels, side, side], normal(1));
    return mul(reshape(weights, { shape: [z.shape[0]!, channels, 1, 1] }), pictures);
  };

/** Images f32[n,c,h,w] → features f32[n,channels]: one learnt picture a channel looks at the last map. */
export function r3ganFeatures(shape: R3ganShape): Net<Tensor, Tensor> {
  const stages = stagesOf(shape).reverse();
  const layers: Record<string, Layer> = {
    extract: conv(stages[0]!.channels, { kernel: 1, init: plain, bias: false }),
  };
  stages.forEach((stage, i) => {
    const after = stages[i + 1];
    layers[`stage${i}`] = sequential({
      ...blocksOf(stage.channels, shape),
      ...(after && { down: resize(after.side, "bilinear-antialias"), ...widen(stage, after) }),
    });
  });
  return sequential({ ...layers, basis: learntGaze });
}

/** A depthwise convolution as large as its map: f32[n,c,side,side] → f32[n,c]. */
const learntGaze: Layer = (x, scope) => {
  const [, channels, ...map] = x.shape;
  const weight = scope.parameter("weight", [channels!, 1, ...map], plain);
  return sum(mul(x, reshape(weight, { shape: [1, ...x.shape.slice(1)] })), { axes: [2, 3] });
};

/** Images f32[n,c,h,w] → logits f32[n]: `r3ganFeatures` and one linear map without bias. */
export function r3ganDiscriminator(shape: R3ganShape): Net<Tensor, Tensor> {
  const net = sequential({
    features: r3ganFeatures(shape),
    logit: linear(1, { init: plain, bias: false }),
  });
  return (x, scope) => reshape(net(x, scope), { shape: [x.shape[0]!] });
}

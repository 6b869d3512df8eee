import type { Tensor } from "../../engine/ir/tensor.ts";
import { concat, sliceAxis } from "../../engine/ops/index.ts";
import { relu } from "../../nn/activations.ts";
import { conv } from "../../nn/conv.ts";
import { orthogonal } from "../../nn/initialisers.ts";
import { type Layer, type Net, residual, sequential } from "../../nn/module.ts";
import { avgPool } from "../../nn/pool.ts";
import { upsampledConv } from "../../nn/resampled-conv.ts";
import type { Scope } from "../../nn/trace.ts";
import { upsample } from "../../nn/upsample.ts";
import type { Asked } from "../condition.ts";
import {
  type BigGanGenerator,
  type BigGanShape,
  bigganFeatures,
  classVector,
  type Doubling,
  type Halving,
  residualGenerator,
  type Told,
} from "./biggan.ts";

/*
 * The deeper nets of Brock, Donahue, Simonyan 2019, arXiv:1809.11096, appendix B, figure 16: blocks of
 * four convolutions whose 3x3 see a quarter of the channels, shortcuts without weights of their own.
 */

/** Channels inside a block are those around it over this. */
const reduction = 4;

/** The first `width` channels: a shortcut to fewer drops the rest. */
const firstChannels =
  (width: number): Layer =>
  (x) =>
    x.shape[1] === width ? x : sliceAxis(x, { axis: 1, start: 0, end: width });

/** 1x1, 3x3, 3x3, 1x1 with a norm and ReLU before each; the first 3x3 sees the map, doubled if `up`. */
const deepBlock = (
  { width, norm, weightTransform }: Parameters<Doubling>[0],
  up: boolean,
): Layer => {
  const weights = { init: orthogonal(), ...(weightTransform && { weightTransform }) };
  return (x, scope) => {
    const inner = Math.max(1, Math.floor(x.shape[1]! / reduction));
    const body = sequential({
      norm1: norm,
      act1: relu,
      conv1: conv(inner, { kernel: 1, ...weights }),
      norm2: norm,
      act2: relu,
      conv2: (up ? upsampledConv : conv)(inner, { kernel: 3, pad: 1, ...weights }),
      norm3: norm,
      act3: relu,
      conv3: conv(inner, { kernel: 3, pad: 1, ...weights }),
      norm4: norm,
      act4: relu,
      conv4: conv(width, { kernel: 1, ...weights }),
    });
    const shortcut = sequential({ drop: firstChannels(width), ...(up && { up: upsample(2) }) });
    return residual(body, shortcut)(x, scope);
  };
};

/** `depth` blocks at each map, of which the last doubles it. */
const deepUp =
  (depth: number): Doubling =>
  (o) =>
    depth === 1
      ? deepBlock(o, true)
      : withPlain(depth, deepBlock(o, true), (x, scope) =>
          deepBlock({ ...o, width: x.shape[1]! }, false)(x, scope),
        );

/** A block that resamples after `depth − 1` plain ones that do not. */
const withPlain = (depth: number, last: Layer, plain: Layer): Layer =>
  sequential({
    ...Object.fromEntries(Array.from({ length: depth - 1 }, (_, i) => [`plain${i}`, plain])),
    last,
  });

/** Beside its input, more channels of a 1x1: a shortcut to more keeps what there is. */
const moreChannels =
  (width: number, weights: object): Layer =>
  (x, scope) => {
    const missing = width - x.shape[1]!;
    if (missing <= 0) return x;
    return concat([x, conv(missing, { kernel: 1, ...weights })(x, scope.child("more"))], {
      axis: 1,
    });
  };

/** ReLU before each of 1x1, 3x3, 3x3, 1x1; halved before the last one. */
const deepDown: Halving = ({ width, first = false, down = false, weightTransform }) => {
  const weights = { init: orthogonal(), ...(weightTransform && { weightTransform }) };
  // The image itself has too few channels for a shortcut of its own: a 3x3 makes them.
  const stem: Layer = conv(width, { kernel: 3, pad: 1, ...weights });
  const inner = Math.max(1, Math.floor(width / reduction));
  const halve = down ? { pool: avgPool(2) } : {};
  const body = sequential({
    act1: relu,
    conv1: conv(inner, { kernel: 1, ...weights }),
    act2: relu,
    conv2: conv(inner, { kernel: 3, pad: 1, ...weights }),
    act3: relu,
    conv3: conv(inner, { kernel: 3, pad: 1, ...weights }),
    act4: relu,
    ...halve,
    conv4: conv(width, { kernel: 1, ...weights }),
  });
  const block = residual(body, sequential({ ...halve, more: moreChannels(width, weights) }));
  return first ? sequential({ stem, block }) : block;
};

/** A block that halves the map, and `depth − 1` plain ones after it; one where it is not halved. */
const deepHalving =
  (depth: number): Halving =>
  (o) => {
    const first = deepDown(o);
    if (depth === 1 || !o.down) return first;
    const { width, weightTransform } = o;
    const rest = Array.from({ length: depth - 1 }, (_, i) => [
      `plain${i}`,
      deepDown({ width, weightTransform }),
    ]);
    return sequential({ first, ...Object.fromEntries(rest) });
  };

/** Every block is told the whole code beside the class's vector, and so is the map below. */
const tell =
  (o: BigGanGenerator) =>
  (asked: Asked, _: number, scope: Scope): Told => {
    const { vector, normBy } = classVector(o, asked, scope);
    const below = concat([asked.z, vector], { axis: 1 });
    return { below, norm: () => normBy(below) };
  };

/**
 * Codes f32[n,z] and classes i32[n] → images f32[n,c,h,w] in [−1,1]. `shared` is at least 1.
 *
 * @param depth blocks at each map, of which the last doubles it; the paper's two, one when absent
 */
export const bigganDeepGenerator = (o: BigGanGenerator, depth = 1): Net<Asked, Tensor> =>
  residualGenerator(o, tell(o), deepUp(depth));

/** Images f32[n,c,h,w] → features f32[n,d], as `bigganFeatures`, of as many deep blocks at each map. */
export const bigganDeepFeatures = (o: BigGanShape, depth = 1): Net<Tensor, Tensor> =>
  bigganFeatures(o, deepHalving(depth));

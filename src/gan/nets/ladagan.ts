import { GanymedeError } from "../../core/errors.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mul, pixelShuffle, reshape, transpose } from "../../engine/ops/index.ts";
import { gelu, relu, tanh } from "../../nn/activations.ts";
import { type AdditiveAttention, additiveAttention } from "../../nn/additive-attention.ts";
import { byVector } from "../../nn/conditioner.ts";
import { conv } from "../../nn/conv.ts";
import { normal, zeros } from "../../nn/initialisers.ts";
import { layerNorm } from "../../nn/layer-norm.ts";
import { linear } from "../../nn/linear.ts";
import { type Layer, type Net, named, sequential } from "../../nn/module.ts";
import { flatten } from "../../nn/shape.ts";
import type { Scope } from "../../nn/trace.ts";
import { doublingsOf, downBlock } from "./resnet.ts";

/*
 * The transformers of LadaGAN, whose attention is linear in the number of pixels. Morales-Juarez, Fuentes
 * 2024, arXiv:2401.09596.
 */

export interface LadaShape {
  /** [channels, height, width]; height = width = 4 to 7 times a power of two. */
  readonly image: readonly number[];
  /** Channels at the finest map that attends, doubled at each coarser one; a multiple of `heads`. */
  readonly width: number;
  /** 4 when absent. */
  readonly heads?: number;
}

/** How tokens attend: additively in LadaGAN. */
export type Attention = (options: Pick<AdditiveAttention, "heads">) => Layer;

interface Block {
  readonly heads: number;
  readonly norm: Layer;
  readonly attention: Attention;
}

/** Tokens [n,t,c]: x + attention(norm x), then x + dense layers of norm x. */
const ladaformer =
  ({ heads, norm, attention }: Block): Layer =>
  (x, scope) => {
    const c = x.shape[2]!;
    const near = named("norm1", norm)(x, scope);
    const attended = add(x, named("attention", attention({ heads }))(near, scope));
    const dense = sequential({ up: linear(2 * c), act: gelu, down: linear(c) });
    const after = named("norm2", norm)(attended, scope);
    return add(attended, named("dense", dense)(after, scope));
  };

/** [n,c,h,w] ↔ [n,h·w,c]. */
const tokensOf = (map: Tensor): Tensor => {
  const [n = 1, c = 1] = map.shape;
  return transpose(reshape(map, { shape: [n, c, -1] }), { perm: [0, 2, 1] });
};
const mapOf = (tokens: Tensor, side: number): Tensor => {
  const [n = 1, , c = 1] = tokens.shape;
  return reshape(transpose(tokens, { perm: [0, 2, 1] }), { shape: [n, c, side, side] });
};

/** Normalisation of tokens whose gain and bias come from the code: self-modulation, as in ViTGAN. */
const modulated =
  (z: Tensor): Layer =>
  (x, scope) => {
    const [n = 1, , c = 1] = x.shape;
    const { gain, bias } = byVector({ bias: true, init: normal(0.02), biasInit: zeros })(
      z,
      c,
      scope,
    );
    const standard = layerNorm({ axes: [-1], affine: false })(x, scope);
    const along = { shape: [n, 1, c] };
    return add(mul(standard, reshape(gain, along)), reshape(bias, along));
  };

/** Where a token lies: a learnt vector for each place. */
const placed: Layer = (x, scope) => {
  const [, t = 1, c = 1] = x.shape;
  return add(x, scope.parameter("places", [1, t, c], normal(0.02)));
};

/**
 * Codes f32[n,z] → images f32[n,c,h,w] in [−1,1]: at each map a transformer block of its pixels, doubled
 * by pixel shuffling between. Throws `SHAPE` unless heads divide the width.
 */
export function ladaGenerator(o: LadaShape, attention: Attention = additiveAttention) {
  const { image, width } = o;
  const heads = headsOf(o);
  const doublings = doublingsOf(image[1]!);
  const base = image[1]! / 2 ** doublings;
  const toImage = sequential({
    norm: layerNorm({ axes: [1] }),
    image: conv(image[0]!, same),
    tanh,
  });
  return (z: Tensor, scope: Scope): Tensor => {
    const widest = width * 2 ** doublings;
    const project = named("project", linear(base * base * widest));
    let tokens = reshape(project(z, scope), { shape: [-1, base * base, widest] });
    let map = mapOf(tokens, base);
    for (let i = 0; i <= doublings; i++) {
      const block = ladaformer({ heads, norm: modulated(z), attention });
      const own = scope.child(`stage${i}`);
      map = mapOf(block(placed(tokens, own), own), base * 2 ** i);
      if (i === doublings) break;
      const doubled = pixelShuffle(map, { factor: 2 });
      const wide = conv(width * 2 ** (doublings - 1 - i), { kernel: 1 });
      map = wide(doubled, own.child("wide"));
      tokens = tokensOf(map);
    }
    return toImage(map, scope);
  };
}

const same = { kernel: 3, pad: 1 } as const;

/**
 * Images f32[n,c,h,w] → features f32[n,d]: residual blocks that halve the map down to 4 to 8, a
 * transformer block of its pixels, and all of them side by side.
 */
export function ladaFeatures(o: LadaShape, attention: Attention = additiveAttention): Net {
  const { image, width } = o;
  const heads = headsOf(o);
  const halvings = Math.max(1, doublingsOf(image[1]!) - 1);
  const layers: Record<string, Layer> = {};
  for (let i = 0; i < halvings; i++) {
    layers[`down${i}`] = downBlock({ width: width * 2 ** i, first: i === 0, down: true });
  }
  const down = sequential(layers);
  const block = ladaformer({ heads, norm: layerNorm({ axes: [-1] }), attention });
  return (x, scope) => {
    const map = down(x, scope);
    const attended = named("attend", block)(placed(tokensOf(map), scope), scope);
    return flatten(relu(mapOf(attended, map.shape[2]!), scope), scope);
  };
}

function headsOf({ width, heads = 4 }: LadaShape): number {
  if (width % heads === 0) return heads;
  throw new GanymedeError("SHAPE", {
    where: "ladagan width",
    expected: `a multiple of the ${heads} heads`,
    got: String(width),
    fix: `try ${Math.max(1, Math.round(width / heads)) * heads}`,
  });
}

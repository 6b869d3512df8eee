import { GanymedeError } from "../../core/errors.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mul, pixelShuffle, reshape, transpose } from "../../engine/ops/index.ts";
import { gelu, leaky, relu, tanh } from "../../nn/activations.ts";
import { type AdditiveAttention, additiveAttention } from "../../nn/additive-attention.ts";
import { byVector } from "../../nn/conditioner.ts";
import { conv } from "../../nn/conv.ts";
import { normal } from "../../nn/initialisers.ts";
import { layerNorm } from "../../nn/layer-norm.ts";
import { linear } from "../../nn/linear.ts";
import { type Layer, type Net, named, residual, sequential } from "../../nn/module.ts";
import { flatten } from "../../nn/shape.ts";
import type { Scope } from "../../nn/trace.ts";
import { halving } from "./fastgan.ts";
import { doublingsOf } from "./resnet.ts";

/*
 * The transformers of LadaGAN, whose attention is linear in the number of pixels. Morales-Juarez, Fuentes
 * 2024, arXiv:2401.09596, and code.
 */

export interface LadaShape {
  /** [channels, height, width]; height = width = 4 to 7 times a power of two. */
  readonly image: readonly number[];
  /** Channels at the finest map that attends, times 4 at each coarser one; a multiple of `heads`. */
  readonly width: number;
  /** 4 when absent. */
  readonly heads?: number;
}

/** How tokens attend: additively in LadaGAN. */
export type Attention = (options: Pick<AdditiveAttention, "heads">) => Layer;

/** The finest maps that attend; what is finer is made by shuffling their channels. */
const finest = 32;

const three = { kernel: 3, pad: 1 } as const;

/**
 * Makes the two parts of a block of tokens [n,t,c]: y = x + attention(norm x), then two dense layers of
 * norm y. Throws `SHAPE` unless heads divide the width.
 */
function blocksOf({ width, heads = 4 }: LadaShape, attention: Attention) {
  requireHeads(width, heads);
  return (norm: Layer, channels: number) => ({
    attend: residual(sequential({ norm1: norm, attention: attention({ heads }) })),
    think: sequential({ norm2: norm, up: linear(8 * width), act: gelu, down: linear(channels) }),
  });
}

/** [n,c,h,w] ↔ [n,h·w,c]. */
const tokensOf = (map: Tensor): Tensor => {
  const [n = 1, c = 1] = map.shape;
  return transpose(reshape(map, { shape: [n, c, -1] }), { perm: [0, 2, 1] });
};
const mapOf = (tokens: Tensor, side: number): Tensor => {
  const [n = 1, , c = 1] = tokens.shape;
  return reshape(transpose(tokens, { perm: [0, 2, 1] }), { shape: [n, c, side, side] });
};

/** Normalisation of tokens whose gain and bias a layer makes of the code: self-modulation, as in ViTGAN. */
const modulated =
  (z: Tensor): Layer =>
  (x, scope) => {
    const [n = 1, , c = 1] = x.shape;
    const heard = sequential({ code: linear(c), act: relu })(z, scope);
    const { gain, bias } = byVector({ bias: true })(heard, c, scope);
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
 * Codes f32[n,z] → images f32[n,c,h,w] in [−1,1]: at each map from 8 to 15 pixels up to 32 a transformer
 * block of its pixels, doubled by pixel shuffling and a 3x3 between. The dense layers of a block have no
 * shortcut here. Throws `SHAPE` unless heads divide the width.
 */
export function ladaGenerator(o: LadaShape, attention: Attention = additiveAttention) {
  const { image, width } = o;
  const block = blocksOf(o, attention);
  const { base, doublings, patch } = mapsOf(image[1]!);
  const toImage = sequential({ image: conv(image[0]!, three), tanh });
  return (z: Tensor, scope: Scope): Tensor => {
    const widest = width * 4 ** doublings;
    const project = named("project", linear(base * base * widest, { bias: false }));
    let tokens = reshape(project(z, scope), { shape: [-1, base * base, widest] });
    const norm = modulated(z);
    for (let i = 0; ; i++) {
      const own = scope.child(`stage${i}`);
      tokens = sequential({ placed, ...block(norm, tokens.shape[2]!) })(tokens, own);
      const map = mapOf(tokens, base * 2 ** i);
      if (i === doublings) return toImage(shuffled(map, patch), scope);
      const doubled = pixelShuffle(map, { factor: 2 });
      tokens = tokensOf(conv(doubled.shape[1]!, three)(doubled, own.child("near")));
    }
  };
}

const shuffled = (map: Tensor, factor: number): Tensor =>
  factor === 1 ? map : pixelShuffle(map, { factor });

/** The coarsest map that attends, how often it is doubled, and by how much the finest is shuffled. */
function mapsOf(side: number) {
  const twice = Math.max(1, doublingsOf(side) - 1);
  const base = side / 2 ** twice;
  const doublings = Math.max(1, Math.min(twice, Math.floor(Math.log2(finest / base))));
  return { base, doublings, patch: 2 ** (twice - doublings) };
}

/**
 * Images f32[n,c,h,w] → features f32[n,d]: blocks that halve the map, at least once and down to 16 to 28
 * pixels, a transformer block of its pixels, a convolution that halves it again and a 1x1.
 */
export function ladaFeatures(o: LadaShape, attention: Attention = additiveAttention): Net {
  const { image, width } = o;
  const block = blocksOf(o, attention);
  const halvings = Math.max(1, doublingsOf(image[1]!) - 2);
  const layers: Record<string, Layer> = { stem: conv(width, three), act: leaky(0.2) };
  for (let i = 1; i <= halvings; i++) layers[`down${i}`] = halving({ kernel: 3 }, width * 2 ** i);
  const down = sequential(layers);
  const { attend, think } = block(layerNorm({ axes: [-1] }), width * 2 ** halvings);
  const attending = sequential({ placed, attend, think: residual(think) });
  const last = sequential({
    // What pixel unshuffling by 2 and a 3x3 do together.
    near: conv(8 * width, { kernel: 6, stride: 2, pad: 2 }),
    mix: conv(16 * width, { kernel: 1, bias: false }),
    act: leaky(0.2),
    flatten,
  });
  return (x, scope) => {
    const map = down(x, scope);
    return last(mapOf(attending(tokensOf(map), scope), map.shape[2]!), scope);
  };
}

function requireHeads(width: number, heads: number): void {
  if (width % heads === 0) return;
  throw new GanymedeError("SHAPE", {
    where: "ladagan width",
    expected: `a multiple of the ${heads} heads`,
    got: String(width),
    fix: `try ${Math.max(1, Math.round(width / heads)) * heads}`,
  });
}

import { GanymedeError } from "../../core/errors.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { concat, reshape, sliceAxis } from "../../engine/ops/index.ts";
import { relu, tanh } from "../../nn/activations.ts";
import { batchNorm } from "../../nn/batch-norm.ts";
import { conditionalBatchNorm } from "../../nn/conditional-batch-norm.ts";
import { byClass, byVector } from "../../nn/conditioner.ts";
import { conv } from "../../nn/conv.ts";
import { embedding } from "../../nn/embedding.ts";
import { orthogonal } from "../../nn/initialisers.ts";
import { linear } from "../../nn/linear.ts";
import { type Layer, type Net, sequential } from "../../nn/module.ts";
import { globalSum } from "../../nn/pool.ts";
import { selfAttention } from "../../nn/self-attention.ts";
import type { Scope } from "../../nn/trace.ts";
import type { Weighted, WeightTransform } from "../../nn/weight.ts";
import type { Asked } from "../condition.ts";
import { doublingsOf, downBlock, upBlock } from "./resnet.ts";

/*
 * The residual nets of SAGAN and BigGAN. Zhang, Goodfellow, Metaxas, Odena 2019, arXiv:1805.08318;
 * Brock, Donahue, Simonyan 2019, arXiv:1809.11096, appendix B.
 */

export interface BigGanShape {
  /** [channels, height, width]; height = width = 4 to 7 times a power of two. */
  readonly image: readonly number[];
  /** Channels are this times 4 for maps up to 32, else times 1, 2, 4, 8, 16 from the finest map on. */
  readonly width: number;
  /** How often the map that attends to itself is halved, from 1 on; none does when absent. */
  readonly attention?: number | undefined;
  /** What stands there: `selfAttention` when absent. Of a layer that keeps the map's shape. */
  readonly attentive?: ((options: Pick<Weighted, "weightTransform">) => Layer) | undefined;
  readonly weightTransform?: WeightTransform | undefined;
}

export interface BigGanGenerator extends BigGanShape {
  readonly classes: number;
  /**
   * Size of the class vector that all blocks share, each with a piece of the code of its own (BigGAN);
   * when absent, each normalisation learns gains of its own for each class, and the code enters below
   * alone (SAGAN).
   */
  readonly shared?: number | undefined;
}

/** Multiples of the width, from the finest hidden map to the coarsest. */
const multiples = (side: number, levels: number): number[] =>
  Array.from({ length: levels }, (_, i) => (side <= 32 ? 4 : Math.min(16, 2 ** i)));

/** The layer that looks at a whole map, where the map is halved as often as is asked for. */
function attentionFor(o: BigGanShape, halvings: number): Record<string, Layer> {
  if (halvings !== o.attention) return {};
  const { attentive = selfAttention, weightTransform } = o;
  return { attention: attentive(weightTransform ? { weightTransform } : {}) };
}

/** Times that the discriminator halves its map: to 8 or 7 for images up to 32, else to 4 to 7. */
const halvingsOf = (side: number): number => doublingsOf(side) - (side <= 32 ? 1 : 0);

/** Throws `SHAPE` for images too small to be halved, or not halved as often as attention asks for. */
function requireHalvings({ image, attention = 0 }: BigGanShape): void {
  const most = halvingsOf(image[1]!);
  if (most > 0 && attention <= most) return;
  throw new GanymedeError("SHAPE", {
    where: most > 0 ? "biggan attention" : "biggan",
    expected:
      most > 0
        ? `a map that is halved at most ${most} times, for images of ${image[1]} pixels`
        : "images of 14 pixels or more, whose maps are halved to 7 or 8",
    got: most > 0 ? String(attention) : `${image[1]} pixels`,
    fix:
      most > 0 ? "choose a smaller number, or larger images" : "resize the data to 16 or 32 pixels",
  });
}

/** What the normalisations of block `i` are given, and the part of the code that enters below. */
export interface Told {
  readonly below: Tensor;
  readonly norm: (block: number) => Layer;
}

/**
 * The asked class's vector, and normalisations by a condition that it is part of. Vectors, and what makes
 * gains and biases of them, begin orthogonal (section 3 of the paper): from N(0, 1) a vector is √shared
 * long, gains begin far from 1, and FID* stays twice as high.
 */
export function classVector(o: BigGanGenerator, asked: Asked, scope: Scope) {
  const { classes, shared = 0, weightTransform } = o;
  const init = orthogonal();
  const by = conditionalBatchNorm(byVector({ init, ...(weightTransform && { weightTransform }) }));
  return {
    vector: embedding(classes, shared, { init })(asked.label, scope.child("class")),
    normBy:
      (condition: Tensor): Layer =>
      (x, inside) =>
        by({ x, condition }, inside),
  };
}

/** A class's vector beside a piece of the code for each block: `shared` numbers and latent/(blocks + 1). */
function toldByVector(o: BigGanGenerator, blocks: number, asked: Asked, scope: Scope): Told {
  const latent = asked.z.shape[1]!;
  const piece = Math.floor(latent / (blocks + 1));
  const first = latent - blocks * piece;
  const { vector, normBy } = classVector(o, asked, scope);
  const from = (start: number, end: number) => sliceAxis(asked.z, { axis: 1, start, end });
  return {
    below: from(0, first),
    norm: (block) => {
      const at = first + block * piece;
      return normBy(concat([from(at, at + piece), vector], { axis: 1 }));
    },
  };
}

/** Gains and biases of each class for every normalisation. */
function toldByClass({ classes }: BigGanGenerator, { z, label }: Asked): Told {
  const by = conditionalBatchNorm(byClass(classes));
  return { below: z, norm: () => (x, inside) => by({ x, condition: label }, inside) };
}

/** How a generator's map is doubled once, under a normalisation that has been told of the condition. */
export type Doubling = (o: {
  readonly width: number;
  readonly norm: Layer;
  readonly weightTransform?: WeightTransform | undefined;
}) => Layer;

/** A generator of residual blocks that double the map, each told by `tell`, and attention where asked. */
export function residualGenerator(
  o: BigGanGenerator,
  tell: (asked: Asked, blocks: number, scope: Scope) => Told,
  doubling: Doubling,
): Net<Asked, Tensor> {
  const { image, width, weightTransform } = o;
  requireHalvings(o);
  const side = image[1]!;
  const blocks = doublingsOf(side);
  const base = side / 2 ** blocks;
  const channels = multiples(side, blocks + 1).reverse();
  const weights = weightTransform ? { weightTransform } : {};
  const project = linear(width * channels[0]! * base * base, { init: orthogonal(), ...weights });
  const toImage = sequential({
    norm: batchNorm(),
    act: relu,
    image: conv(image[0]!, { kernel: 3, pad: 1, init: orthogonal(), ...weights }),
    tanh,
  });
  return (asked, scope) => {
    const told = tell(asked, blocks, scope);
    let h = reshape(project(told.below, scope.child("project")), {
      shape: [-1, width * channels[0]!, base, base],
    });
    for (let i = 0; i < blocks; i++) {
      const block = doubling({
        width: width * channels[i + 1]!,
        norm: told.norm(i),
        weightTransform,
      });
      h = sequential({ [`up${i}`]: block, ...attentionFor(o, blocks - 1 - i) })(h, scope);
    }
    return toImage(h, scope);
  };
}

/** Codes f32[n,z] and classes i32[n] → images f32[n,c,h,w] in [−1,1]. */
export const bigganGenerator = (o: BigGanGenerator): Net<Asked, Tensor> =>
  residualGenerator(
    o,
    (asked, blocks, scope) =>
      o.shared ? toldByVector(o, blocks, asked, scope) : toldByClass(o, asked),
    upBlock,
  );

/** How a discriminator's map goes through one block, halved or not. */
export type Halving = (o: {
  readonly width: number;
  readonly first?: boolean;
  readonly down?: boolean;
  readonly weightTransform?: WeightTransform | undefined;
}) => Layer;

/**
 * Images f32[n,c,h,w] → features f32[n,d]: residual blocks, halved down to the smallest map (to 8 for
 * images up to 32, with two blocks there), ReLU, and a sum over the map.
 */
export function bigganFeatures(o: BigGanShape, halving: Halving = downBlock): Net<Tensor, Tensor> {
  const { image, width, weightTransform } = o;
  requireHalvings(o);
  const side = image[1]!;
  const downs = halvingsOf(side);
  const channels = multiples(side, downs);
  const layers: Record<string, Layer> = {};
  for (let i = 0; i < downs; i++) {
    const block = { width: width * channels[i]!, first: i === 0, down: true, weightTransform };
    layers[`down${i}`] = halving(block);
    Object.assign(layers, attentionFor(o, i + 1));
  }
  for (let i = 0; i < (side <= 32 ? 2 : 1); i++) {
    layers[`plain${i}`] = halving({ width: width * channels.at(-1)!, weightTransform });
  }
  return sequential({ ...layers, act: relu, sum: globalSum });
}

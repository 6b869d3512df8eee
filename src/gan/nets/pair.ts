import type { Tensor } from "../../engine/ir/tensor.ts";
import { leaky, relu } from "../../nn/activations.ts";
import type { Layer, Net } from "../../nn/module.ts";
import type { Normalisation } from "../normalisation.ts";
import { dcganDiscriminator, dcganGenerator } from "./dcgan.ts";
import { mlpDiscriminator, mlpGenerator } from "./mlp.ts";

export interface PairShape {
  /** [channels, height, width] of an image, or the shape of a point. */
  readonly item: readonly number[];
  /** Channels at the finest map (images), or units of each hidden layer (points). */
  readonly width: number;
  /** The discriminator's; that of the generator when absent. */
  readonly discriminatorWidth?: number;
  /** Hidden layers of each net, for points; 2 when absent. */
  readonly depth?: number;
  /** Of both nets' hidden layers, for points; ReLU and leaky ReLU (0.2) when absent. */
  readonly activation?: Layer | undefined;
  /** Batch norm for images and none for points, when absent. */
  readonly generatorNorm?: Normalisation;
  /** None when absent. */
  readonly discriminatorNorm?: Normalisation;
}

export interface NetPair {
  readonly generator: Net<Tensor, Tensor>;
  readonly discriminator: Net<Tensor, Tensor>;
}

/** A generator and a discriminator of like size: DCGAN's for images [c,h,w], dense for points. */
export function netPair(shape: PairShape): NetPair {
  const { item, width, depth = 2, activation, generatorNorm, discriminatorNorm = {} } = shape;
  const { discriminatorWidth = width } = shape;
  if (item.length === 3) {
    const image = { image: item, width };
    const bare = { ...image, norm: "none" } as const;
    return {
      generator: dcganGenerator(generatorNorm ? { ...bare, ...generatorNorm } : image),
      discriminator: dcganDiscriminator({
        ...bare,
        width: discriminatorWidth,
        ...discriminatorNorm,
      }),
    };
  }
  const hidden = (units: number) => new Array<number>(depth).fill(units);
  return {
    generator: mlpGenerator({
      item,
      hidden: hidden(width),
      activation: activation ?? relu,
      ...generatorNorm,
    }),
    discriminator: mlpDiscriminator({
      hidden: hidden(discriminatorWidth),
      activation: activation ?? leaky(0.2),
      ...discriminatorNorm,
    }),
  };
}

import { GanymedeError } from "../core/errors.ts";
import type { Field } from "../data/source.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { concat } from "../engine/ops/index.ts";
import { embedding } from "../nn/embedding.ts";
import type { Module, Net } from "../nn/module.ts";
import type { WeightTransform } from "../nn/weight.ts";
import type { Duel } from "./duel.ts";
import type { Term } from "./game.ts";
import type { AdversarialLoss } from "./losses/loss.ts";
import { type DataInfo, fieldOf } from "./system.ts";

/** What a conditional generator is asked for. */
export interface Asked {
  /** Codes f32[n, latent]. */
  readonly z: Tensor;
  /** Classes i32[n]. */
  readonly label: Tensor;
}

/** Something of an item, and the class that the item is said to have, i32[n]. */
export interface Labelled {
  readonly x: Tensor;
  readonly label: Tensor;
}

/** How a discriminator judges an item together with its class. */
export interface Conditioning {
  readonly id: string;
  /** Items as the discriminator's first layer sees them, of their class. */
  readonly items?: Module<Labelled, Tensor>;
  /** Added to the score: how well features f32[n, d] fit their class, f32[n]. */
  readonly fit?: Module<Labelled, Tensor>;
  /** More modules that move with the discriminator, such as a classifier. */
  readonly owns?: readonly Module<Tensor, Tensor>[];
  readonly terms?: {
    readonly discriminator?: readonly Term<Duel>[];
    readonly generator?: readonly Term<Duel>[];
  };
  /** Takes the place of the game's discriminator and loss: class scores, and what is made of them. */
  readonly instead?: {
    readonly discriminator: Module<Tensor, Tensor>;
    readonly loss: AdversarialLoss;
  };
}

export interface ConditioningOptions {
  readonly classes: number;
  /** Of its terms; the paper's own when absent. */
  readonly weight?: number;
  /** Of every weight that it adds to the discriminator, as spectral norm. */
  readonly weightTransform?: WeightTransform;
}

/** Makes the way in which a discriminator is told of classes. */
export type ConditioningMaker = (options: ConditioningOptions) => Conditioning;

/** A conditional game: the data's labels, and what the discriminator does with them. */
export interface Condition {
  /** The data's field of classes i32[n]. Fakes are made of the classes of the batch. */
  readonly label: string;
  /** Their names. */
  readonly classes: readonly string[];
  readonly by: Conditioning;
}

/** The field of labels of data that have classes. Throws `DATA_FIELD` when these have none. */
export function labelField(data: DataInfo, name = "label"): Field & { classes: readonly string[] } {
  const field = fieldOf(data, name);
  if (field.classes) return { ...field, classes: field.classes };
  throw new GanymedeError("DATA_FIELD", {
    where: `data field ${name}`,
    expected: "classes",
    got: "numbers without names",
    fix: "choose data with classes: a folder with a folder of each class, CIFAR-10, MNIST, …",
  });
}

/**
 * A generator of codes f32[n, latent + size] as one of codes and classes: a learnt vector of `size`
 * numbers a class goes beside the code. Mirza, Osindero 2014, arXiv:1411.1784, section 3.2.
 */
export const withLabel =
  (net: Net<Tensor, Tensor>, classes: number, size: number): Net<Asked, Tensor> =>
  ({ z, label }, scope) => {
    const own = embedding(classes, size)(label, scope.child("class"));
    return net(concat([z, own], { axis: 1 }), scope);
  };

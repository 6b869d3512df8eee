import { GanymedeError } from "../core/errors.ts";
import type { Field } from "../data/source.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { concat, cos, mul, sign, sin } from "../engine/ops/index.ts";
import { embedding } from "../nn/embedding.ts";
import { linear } from "../nn/linear.ts";
import type { Module, Net } from "../nn/module.ts";
import type { WeightTransform } from "../nn/weight.ts";
import type { Duel } from "./duel.ts";
import type { Noise, Term } from "./game.ts";
import type { AdversarialLoss } from "./losses/loss.ts";
import { type DataInfo, fieldOf } from "./system.ts";

/** What a conditional generator is asked for. */
export interface Asked {
  /** Codes f32[n, latent]. */
  readonly z: Tensor;
  /** Classes i32[n], or numbers f32[n, d] where the condition is continuous. */
  readonly label: Tensor;
}

/** Something of an item, and what the item is said to be: its class i32[n] or numbers f32[n, d]. */
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
  /** Takes the place of the game's discriminator: the score f32[n] of features as of their class. */
  readonly score?: Module<Labelled, Tensor>;
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
  /** Without meaning for the parts that also take numbers: `concatenation` and `projection`. */
  readonly classes: number;
  /** Of its terms; the paper's own when absent. */
  readonly weight?: number;
  /** Of every weight that it adds to the discriminator, as spectral norm. */
  readonly weightTransform?: WeightTransform;
}

/** Makes the way in which a discriminator is told of classes. */
export type ConditioningMaker = (options: ConditioningOptions) => Conditioning;

/** A conditional game: a field of the data, and what the discriminator does with it. */
export type Condition = ClassCondition | ContinuousCondition;

interface CommonCondition {
  /** The data's field. Fakes are made of the batch's own values. */
  readonly label: string;
  readonly by: Conditioning;
  /** What data are judged to be, where theirs is not known; that of the batch, as fakes', when absent. */
  readonly dataLabel?: (duel: Duel) => Tensor;
}

/** Of a field of classes i32[n]. */
export interface ClassCondition extends CommonCondition {
  /** Their names. */
  readonly classes: readonly string[];
  /**
   * Names of what stands for several classes. The generator can be asked for these too, by the numbers
   * after the classes'; no datum has one.
   */
  readonly groups?: readonly string[];
}

/**
 * Of a field of numbers f32[n, d]: an angle, a place, one number between −1 and 1 for each of several
 * labels that an item may have at once.
 */
export interface ContinuousCondition extends CommonCondition {
  /**
   * Where values come from when a trained generator is asked for items and not for what they are to be;
   * in the range that nets see. They are the part `condition` of its codes.
   */
  readonly values: Noise;
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

/** The names of labels that an item may have several of. Throws `DATA_FIELD` when a field has none. */
export function severalLabels(data: DataInfo, name: string): readonly string[] {
  const { labels } = fieldOf(data, name);
  if (labels) return labels;
  throw new GanymedeError("DATA_FIELD", {
    where: `data field ${name}`,
    expected: "labels that an item may have several of",
    got: "other numbers",
    fix: "give pictures a labels.csv with columns of 0 and 1, or choose other data, such as shapes",
  });
}

/**
 * A vector f32[n, size] of what items are said to be: a learnt one of each class i32[n], or a linear map
 * of numbers f32[n, d], the sum of one of each label where labels are several.
 */
export const conditionVector =
  (
    classes: number,
    size: number,
    { weightTransform }: { readonly weightTransform?: WeightTransform | undefined } = {},
  ): Net<Tensor, Tensor> =>
  (label, scope) => {
    const transform = weightTransform ? { weightTransform } : {};
    return label.dtype === "i32"
      ? embedding(classes, size, transform)(label, scope)
      : linear(size, transform)(label, scope);
  };

/**
 * A generator of codes f32[n, latent + size] as one of codes and conditions: a vector of `size` numbers
 * for the class, or for the numbers, goes beside the code. Mirza, Osindero 2014, arXiv:1411.1784,
 * section 3.2. `classes` counts for classes only. A `size` near the latent's makes a DCGAN of one image for
 * each condition (digits, 32 and 32: FID* 80 where 4 and 32 give 6): a few numbers do.
 */
export const withLabel =
  (net: Net<Tensor, Tensor>, classes: number, size: number): Net<Asked, Tensor> =>
  ({ z, label }, scope) => {
    const own = conditionVector(classes, size)(label, scope.child("class"));
    return net(concat([z, own], { axis: 1 }), scope);
  };

/**
 * A generator of several labels f32[n, d], 1 where an item is to have one and −1 where not, from one of any
 * numbers, of which the signs count: drawn codes are tosses of a coin for each label.
 */
export const ofSigns =
  (net: Net<Asked, Tensor>): Net<Asked, Tensor> =>
  ({ z, label }, scope) =>
    net({ z, label: sign(label) }, scope);

/**
 * Numbers f32[n, d] in [−1, 1] with sines and cosines of 1 to `frequencies` half turns beside them,
 * f32[n, d·(1 + 2·frequencies)]: a net of these can change quickly with them. Tancik et al. 2020,
 * arXiv:2006.10739. Classes stay as they are.
 */
export function fourierFeatures(values: Tensor, frequencies: number): Tensor {
  if (values.dtype === "i32" || frequencies === 0) return values;
  const turns = Array.from({ length: frequencies }, (_, k) => mul(values, Math.PI * (k + 1)));
  return concat([values, ...turns.map(sin), ...turns.map(cos)], { axis: 1 });
}

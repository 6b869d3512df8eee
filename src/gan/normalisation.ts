import { batchNorm } from "../nn/batch-norm.ts";
import { groupNorm } from "../nn/group-norm.ts";
import type { Layer } from "../nn/module.ts";
import { spectralNorm } from "../nn/spectral-norm.ts";
import type { WeightTransform } from "../nn/weight.ts";

/** How a net keeps its scale: by a layer between others, by a rule on its weights, or not at all. */
export interface Normalisation {
  readonly norm?: Layer;
  readonly weightTransform?: WeightTransform;
}

/** The choices that the studies of the field compare, by name. Layer norm has a gain per channel. */
export const normalisations = {
  none: {},
  batch: { norm: batchNorm() },
  layer: { norm: groupNorm(1) },
  spectral: { weightTransform: spectralNorm() },
} satisfies Record<string, Normalisation>;

export type NormalisationId = keyof typeof normalisations;

export const normalisationIds = Object.keys(normalisations) as [NormalisationId];

import { add, mul } from "../engine/ops/index.ts";
import { tabledNormals } from "./_normal-table.ts";
import { normals } from "./_normals.ts";
import type { Layer } from "./module.ts";

export interface GaussianNoise {
  /** Take the noise from a table, in pieces of 64: a small part of the cost; false when absent. */
  readonly tabled?: boolean;
}

/** x + N(0, deviation²) in training, new at each step and use; x in use. deviation ≥ 0. */
export const gaussianNoise = (deviation: number, { tabled = false }: GaussianNoise = {}): Layer => {
  const noise = tabled ? tabledNormals : normals;
  return (x, scope) =>
    scope.training && deviation > 0 ? add(x, mul(noise(scope, x.shape), deviation)) : x;
};

import { add, mul } from "../engine/ops/index.ts";
import { normals } from "./_normals.ts";
import type { Layer } from "./module.ts";

/** x + N(0, deviation²) in training, new at each step and use; x in use. deviation ≥ 0. */
export const gaussianNoise =
  (deviation: number): Layer =>
  (x, scope) =>
    scope.training && deviation > 0 ? add(x, mul(normals(scope, x.shape), deviation)) : x;

import { add, mul } from "../engine/ops/index.ts";
import { normals } from "./_normals.ts";
import { zeros } from "./initialisers.ts";
import type { Layer } from "./module.ts";

/**
 * x [n,c,…s] + w·noise, in training: N(0, 1) for each pixel of each image, the same on all channels, and
 * new at each step; w is learnt. x in use, so that an image follows from its code. Karras, Laine, Aila
 * 2019, arXiv:1812.04948, section 2, with one strength for all channels.
 *
 * Parameter `weight` [] (0).
 */
export const noiseInjection: Layer = (x, scope) => {
  if (!scope.training) return x;
  const [n = 1, , ...size] = x.shape;
  return add(x, mul(normals(scope, [n, 1, ...size]), scope.parameter("weight", [], zeros)));
};

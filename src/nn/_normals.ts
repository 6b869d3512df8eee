import type { Tensor } from "../engine/ir/tensor.ts";
import { type Shape, sizeOf } from "../engine/ir/type.ts";
import {
  concat,
  cos,
  log,
  mul,
  reshape,
  sin,
  sliceAxis,
  split,
  sqrt,
} from "../engine/ops/index.ts";
import type { Scope } from "./trace.ts";

/** N(0, 1) of a shape from uniforms made in the graph. Box, Muller 1958, both halves of each pair. */
export function normals(scope: Pick<Scope, "uniform">, shape: Shape): Tensor {
  const size = sizeOf(shape);
  const pairs = Math.ceil(size / 2);
  const [first, second] = split(scope.uniform([2 * pairs]), { axis: 0, sizes: 2 });
  const length = sqrt(mul(log(first!), -2));
  const angle = mul(second!, 2 * Math.PI);
  const both = concat([mul(length, cos(angle)), mul(length, sin(angle))], { axis: 0 });
  return reshape(sliceAxis(both, { axis: 0, start: 0, end: size }), { shape });
}

import type { Tensor } from "../ir/tensor.ts";
import { type Shape, sameShape } from "../ir/type.ts";
import { reshape } from "./reshape.ts";
import { sum } from "./sum.ts";

/** The adjoint of broadcasting `shape` to the shape of `ct`: a sum over the repeated axes. */
export function unbroadcast(ct: Tensor, shape: Shape): Tensor {
  if (sameShape(ct.shape, shape)) return ct;
  const lead = ct.shape.length - shape.length;
  const axes = ct.shape.flatMap((d, i) =>
    i < lead || (shape[i - lead] === 1 && d !== 1) ? [i] : [],
  );
  return reshape(sum(ct, { axes }), { shape });
}

import { GanymedeError } from "../../core/errors.ts";
import { input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import { sameShape, showType } from "../ir/type.ts";
import { grad } from "./grad.ts";

/**
 * Forward-mode derivative: how `y` moves when `x` moves along `v`, J·v, shaped like `y`. Made of two
 * reverse passes: Jᵀu is linear in u, and its derivative by u along v is J·v, whatever u is. The result
 * is ordinary trace and differentiates again. Townsend 2017, "A new trick for calculating
 * Jacobian-vector products".
 *
 * Cost: about two reverse passes; u itself never reaches the program.
 * Throws `SHAPE` when `v` is not shaped like `x`, else what `grad` throws.
 */
export function jvp(y: Tensor, x: Tensor, v: Tensor): Tensor {
  if (!sameShape(x.shape, v.shape)) {
    throw new GanymedeError("SHAPE", {
      where: "jvp",
      expected: `a direction like its variable, ${showType(x)}`,
      got: showType(v),
      fix: "give one number of the direction for each of the variable",
    });
  }
  const u = input("jvp.u", y.shape);
  const [pulled] = grad(y, [x], u);
  return grad(pulled!, [u], v)[0]!;
}

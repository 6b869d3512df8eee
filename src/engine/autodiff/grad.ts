import { GanymedeError } from "../../core/errors.ts";
import { constant } from "../ir/leaves.ts";
import { tracedAt } from "../ir/place.ts";
import { ancestors, type Tensor } from "../ir/tensor.ts";
import { sameShape, showType } from "../ir/type.ts";
import { add } from "../ops/arithmetic.ts";

/**
 * Reverse-mode derivative: cotangents of `wrt` for the scalar `y` (or for any `y` when `seed`, the
 * cotangent of `y`, is given). The result is ordinary trace, so `grad` of an expression that holds a
 * `grad` gives second and higher derivatives. A tensor that `y` does not depend on gets zeros.
 *
 * Cost: one visit of each node between `wrt` and `y`; what nobody reads is dropped by the passes.
 * Throws `SHAPE` when `y` is not scalar and no seed is given, `NOT_DIFFERENTIABLE` with the operator's
 * reason when a path crosses an operator without derivative.
 */
export function grad(y: Tensor, wrt: readonly Tensor[], seed?: Tensor): Tensor[] {
  const cotangents = new Map<Tensor, Tensor>([[y, seed ?? unitSeed(y)]]);
  const order = ancestors([y]);
  const relevant = dependents(order, wrt);
  for (let i = order.length - 1; i >= 0; i--) {
    const t = order[i]!;
    const ct = cotangents.get(t);
    if (!ct || !relevant.has(t) || t.inputs.length === 0) continue;
    const place = `gradient of ${t.place || t.record.name}`;
    tracedAt(place, () => backward(t, ct, relevant, cotangents));
  }
  return wrt.map((t) => cotangents.get(t) ?? constant(0, t.shape, t.dtype));
}

/** Gradient that treats `x` as data: the value passes, no derivative does. */
export { stopGradient } from "./stop-gradient.ts";

function unitSeed(y: Tensor): Tensor {
  if (y.dtype === "f32" && y.shape.every((d) => d === 1)) return constant(1, y.shape);
  throw new GanymedeError("SHAPE", {
    where: "grad",
    expected: "a scalar f32[] to differentiate",
    got: showType(y),
    fix: "reduce it with sum or mean, or pass a seed of its shape",
  });
}

/** The nodes of `order` that depend on any of `wrt`, those included. */
function dependents(order: readonly Tensor[], wrt: readonly Tensor[]): Set<Tensor> {
  const found = new Set(wrt);
  for (const t of order) if (t.inputs.some((i) => found.has(i))) found.add(t);
  return found;
}

function backward(
  t: Tensor,
  ct: Tensor,
  relevant: ReadonlySet<Tensor>,
  cotangents: Map<Tensor, Tensor>,
): void {
  const { vjp, name } = t.record;
  if (typeof vjp !== "function") {
    throw new GanymedeError("NOT_DIFFERENTIABLE", {
      where: name,
      expected: "operators with a derivative between the loss and its variables",
      got: `${name}, which has none: ${vjp.none}`,
      fix: "wrap its input in stopGradient if no gradient should pass here",
    });
  }
  const contributions = vjp(ct, t.inputs as never, t, t.attrs);
  // What a node owes one input is summed first: the two halves of x·x merge into one product.
  const owed = new Map<Tensor, Tensor>();
  t.inputs.forEach((input, k) => {
    const contribution = contributions[k];
    if (!contribution || !relevant.has(input)) return;
    checkCotangent(name, input, contribution);
    const known = owed.get(input);
    owed.set(input, known ? add(known, contribution) : contribution);
  });
  for (const [input, contribution] of owed) {
    const sofar = cotangents.get(input);
    cotangents.set(input, sofar ? add(sofar, contribution) : contribution);
  }
}

/** A vjp that returns a wrong shape is our defect: name the operator at once. */
function checkCotangent(name: string, input: Tensor, contribution: Tensor): void {
  if (sameShape(input.shape, contribution.shape)) return;
  throw new GanymedeError("SHAPE", {
    where: `vjp of ${name}`,
    expected: `a cotangent like its input, ${showType(input)}`,
    got: showType(contribution),
    fix: "correct the operator's vjp",
  });
}

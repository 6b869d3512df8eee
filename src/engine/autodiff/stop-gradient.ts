import { defineOp, type Op } from "../ir/op.ts";
import type { None } from "../ops/_elementwise.ts";

/** The value of x, through which no gradient passes. */
export const stopGradient: Op<1, None> = defineOp({
  name: "stopGradient",
  about: "x, as data: no gradient passes",
  precision: "any",
  arity: 1,
  attrs: {},
  type: ([x]) => x,
  reference: ([x]) => x,
  vjp: () => [null],
  lower: (_, [x]) => x,
  // Derivatives are taken before the passes run: from then on it is the identity.
  simplify: ([x]) => x,
  cases: [],
});

import { stopGradient } from "../engine/autodiff/grad.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, argMax, less, mean, mul, oneHot, select, sub } from "../engine/ops/index.ts";
import { zeros } from "../nn/initialisers.ts";
import type { Net } from "../nn/module.ts";

export interface Guess {
  /** What a classifier says of items, f32[n, K]. */
  readonly logits: Tensor;
  /** Their classes i32[n] where these are known, −1 elsewhere. */
  readonly known: Tensor;
  /** Other classes, i32[m], as frequent as the items' should be. */
  readonly like: Tensor;
}

/**
 * The class i32[n] of each item: as known, else the likeliest by logits that lean towards classes guessed too
 * rarely, so that in the long run each is guessed as often as it should be: a generator that is asked for every
 * class as often as it occurs could not match data of which one is hardly ever guessed. State `lean` [K], in
 * units of logits, moves by `rate` times the shares still missing. An aim as of distribution alignment:
 * Berthelot, Carlini, Cubuk, Kurakin, Sohn, Zhang, Raffel 2020, ReMixMatch, arXiv:1911.09785, section 3.1.
 */
export const guessedClass =
  (rate = 0.3): Net<Guess, Tensor> =>
  ({ logits, known, like }, scope) => {
    const classes = logits.shape[1]!;
    const lean = scope.state("lean", [classes], zeros);
    const guess = argMax(add(stopGradient(logits), lean.read()), { axis: 1 });
    const share = (of: Tensor) => mean(oneHot(of, { depth: classes }), { axes: [0] });
    if (scope.training) lean.write(add(lean.read(), mul(sub(share(like), share(guess)), rate)));
    return select(less(known, 0), guess, known);
  };

import { GanymedeError } from "../../core/errors.ts";
import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  add,
  clip,
  div,
  greaterEqual,
  mean,
  mul,
  select,
  sign,
  sub,
} from "../../engine/ops/index.ts";
import type { Scope } from "../../nn/trace.ts";
import { discriminatorWins } from "../advice.ts";
import type { Reading } from "../game.ts";
import type { Logits } from "../losses/loss.ts";

export interface Controller {
  /** Value of E sign(D(x)) that p is moved to keep; 0.6 when absent. */
  readonly target?: number;
  /** Thousands of items over which p may go from 0 to 1; 500 when absent. */
  readonly kimg?: number;
  /** Steps whose mean decides the next move of p; 4 when absent. */
  readonly every?: number;
  /** p at the start, in [0, 1]; 0 when absent. */
  readonly initial?: number;
}

/** The probability p with which an item is changed, in [0, 1], as it is by now. */
export const probabilityOf = (scope: Scope, { initial = 0 }: Controller) =>
  scope.state("p", [], () => Float32Array.of(initial));

const zero = () => new Float32Array(1);

/**
 * p ← p + sign(r − target)·n·every/(1000·kimg), r = E sign(D(x)) over `every` steps of n items: the
 * more surely the discriminator knows the data, the more it overfits, and the more is changed. Karras
 * et al. 2020, arXiv:2006.06676, section 3.2. State: `p`, and `sum` and `steps` of the present mean.
 */
export function controlled(
  { real }: Logits,
  scope: Scope,
  options: Controller,
): Readonly<Record<string, Reading>> {
  const { target = 0.6, kimg = 500, every = 4 } = options;
  requireScores(real);
  const p = probabilityOf(scope, options);
  const [sum, steps] = [scope.state("sum", [], zero), scope.state("steps", [], zero)];
  const certainty = mean(sign(stopGradient(real)));
  const [total, count] = [add(sum.read(), certainty), add(steps.read(), 1)];
  const due = greaterEqual(count, every - 0.5);
  const by = (real.shape[0]! * every) / (kimg * 1000);
  const moved = add(p.read(), mul(sign(sub(div(total, count), target)), by));
  const nothing = constant(0, []);
  p.write(select(due, clip(moved, { min: 0, max: 1 }), p.read()));
  sum.write(select(due, nothing, total));
  steps.write(select(due, nothing, count));
  return {
    augmented: {
      value: p.read(),
      meaning: "probability with which an item is changed; settles where overfitting is held",
      unit: "share",
      healthy: { low: 0, high: 0.95, above: discriminatorWins },
    },
    certainty: {
      value: certainty,
      meaning: `mean sign of the scores of data; held near ${target}, 1 = it knows them all`,
      unit: "share",
      healthy: { low: -1, high: 1 },
    },
  };
}

/** A sign per item: a discriminator of classes says nothing of the kind. */
function requireScores({ shape }: Tensor): void {
  if (shape.length === 1) return;
  throw new GanymedeError("GAME", {
    where: "augmentation by certainty",
    expected: "a discriminator that gives each item one score",
    got: `scores [${shape}]`,
    fix: "choose an augmentation of constant strength (diff-augment), or another conditioning",
  });
}

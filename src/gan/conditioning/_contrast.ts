import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  add,
  cast,
  div,
  equal,
  norm as lengthOf,
  mul,
  reshape,
  sub,
} from "../../engine/ops/index.ts";
import { embedding } from "../../nn/embedding.ts";
import { linear } from "../../nn/linear.ts";
import { type Module, module } from "../../nn/module.ts";
import { flatten } from "../../nn/shape.ts";
import type { WeightTransform } from "../../nn/weight.ts";
import type { Conditioning, ConditioningOptions } from "../condition.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { inNats } from "./_classifier.ts";

/** Adding this to a similarity leaves nothing of its exponential. */
const never = -1e4;

/** Vectors of length 1 along the last axis. */
const unit = (x: Tensor): Tensor => div(x, lengthOf(x, { axes: [1], keep: true }));

/** 0 on the diagonal, 1 elsewhere, [n, n]: all pairs of two different items. */
export const others = (n: number): Tensor =>
  constant(
    Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) ? 1 : 0)),
    [n, n],
  );

/** 1 where items i and j have the same class, [n, n]. */
export function sameClass(label: Tensor): Tensor {
  const n = label.shape[0]!;
  const column = reshape(label, { shape: [n, 1] });
  return cast(equal(column, reshape(label, { shape: [1, n] })), { to: "f32" });
}

/** Scores that are kept where `kept` is 1 and out of every sum of exponentials where it is 0. */
export const onlyWhere = (kept: Tensor, scores: Tensor): Tensor =>
  add(scores, mul(sub(1, kept), never));

/** Items and classes as unit vectors: h f32[n, size] of features, e f32[n, size] of labels. */
export interface Embedded {
  readonly h: Tensor;
  readonly e: Tensor;
  readonly label: Tensor;
}

function modules(classes: number, size: number, weightTransform: WeightTransform | undefined) {
  const transform = weightTransform ? { weightTransform } : {};
  const layer = linear(size, transform);
  return {
    embed: module("embed", (x: Tensor, scope) => unit(layer(flatten(x, scope), scope))),
    proxy: module("proxy", (label: Tensor, scope) =>
      unit(embedding(classes, size, transform)(label, scope)),
    ),
  };
}

/** A conditioning by similarities: the discriminator contrasts data, the generator its fakes. */
export function contrasting(
  id: string,
  { classes, weight = 1, weightTransform }: ConditioningOptions,
  size: number,
  loss: (embedded: Embedded) => Tensor,
): Conditioning {
  const { embed, proxy } = modules(classes, size, weightTransform);
  const owns: Module<Tensor, Tensor>[] = [embed, proxy];
  const side = (which: "real" | "fake", meaning: string): Term<Duel> =>
    inNats(id, (duel) => {
      const h = duel.turn.call(embed, duel.features[which]);
      const e = duel.turn.call(proxy, duel.label);
      return { loss: mul(loss({ h, e, label: duel.label }), weight), meaning };
    });
  return {
    id,
    owns,
    terms: {
      discriminator: [side("real", "how badly data gather by class, weighted; falls")],
      generator: [side("fake", "how badly fakes gather by the class asked for, weighted; falls")],
    },
  };
}

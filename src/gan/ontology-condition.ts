import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import {
  add,
  argMax,
  cast,
  concat,
  div,
  equal,
  gather,
  less,
  logSoftmax,
  maximum,
  minimum,
  mul,
  neg,
  reshape,
  select,
  sliceAxis,
  sum,
  takeAlong,
} from "../engine/ops/index.ts";
import { embedding } from "../nn/embedding.ts";
import type { Net } from "../nn/module.ts";
import type { WeightTransform } from "../nn/weight.ts";
import type { Asked, Conditioning } from "./condition.ts";
import { head, inNats, readBy } from "./conditioning/_classifier.ts";
import type { Duel } from "./duel.ts";
import { type Ontology, parents, saidAt, sizeAt } from "./ontology.ts";

/*
 * Items of a class and of all that it is a kind of. Eghbal-zadeh, Fischer, Hoch 2019, O-GAN,
 * arXiv:1905.06586.
 */

/** How fakes are asked for. */
export interface Telling {
  readonly ontology: Ontology;
  /**
   * One fake in so many is told what its class is a kind of, and not its class; 0 = none. The code ends in
   * as many numbers, of which the first is the greatest of all as often.
   */
  readonly untold: number;
}

const table = (values: Int32Array): Tensor => constant(values, [values.length], "i32");

/** The nodes i32[n] that a training generator is told for codes f32[n, … + untold] and classes i32[n]. */
export function toldOf({ ontology, untold }: Telling, codes: Tensor, label: Tensor): Tensor {
  if (untold === 0) return label;
  const size = codes.shape[1]!;
  const spare = sliceAxis(codes, { axis: 1, start: size - untold, end: size });
  const chosen = equal(argMax(spare, { axis: 1 }), constant(Int32Array.of(0), [], "i32"));
  return select(chosen, gather(table(parents(ontology)), label, { axis: 0 }), label);
}

/**
 * A generator of codes and of a vector for each level, coarsest first, from one of codes and nodes: classes,
 * or groups, of which the finer levels hear a vector that stands for "not told".
 */
export const withOntology =
  (net: Net<Tensor, Tensor>, telling: Telling, size: number): Net<Asked, Tensor> =>
  ({ z, label }, scope) => {
    const { ontology, untold } = telling;
    const told = scope.training ? toldOf(telling, z, label) : label;
    const code = sliceAxis(z, { axis: 1, start: 0, end: z.shape[1]! - untold });
    const vectors = [...ontology.levels, ontology.classes].map((_, level) => {
      const said = gather(table(saidAt(ontology, level)), told, { axis: 0 });
      const own = embedding(sizeAt(ontology, level) + 1, size);
      return own(said, scope.child(`level${level}`));
    });
    return net(concat([code, ...vectors], { axis: 1 }), scope);
  };

export interface Hierarchical extends Telling {
  /** Of the classifiers of all levels together; 1 when absent. */
  readonly weight?: number;
  readonly weightTransform?: WeightTransform | undefined;
}

/** −E log p(y|x) over the items of which a level is told; 0 where it is told of none. */
export function surpriseWhereTold(logits: Tensor, said: Tensor): Tensor {
  const [n = 1, values = 1] = logits.shape;
  const unknown = constant(Int32Array.of(values), [], "i32");
  const last = constant(Int32Array.of(values - 1), [], "i32");
  const told = cast(less(said, unknown), { to: "f32" });
  const column = reshape(minimum(said, last), { shape: [n, 1] });
  const chosen = takeAlong(logSoftmax(logits, { axis: 1 }), column, { axis: 1 });
  const total = sum(mul(reshape(chosen, { shape: [n] }), told));
  return neg(div(total, maximum(sum(told), 1)));
}

/**
 * A classifier of each level on the discriminator's features, as in AC-GAN, their surprises summed: the
 * discriminator learns levels of data and fakes, the generator wants each of its fakes taken for what it was
 * told at every level.
 */
export function hierarchical({
  weight = 1,
  weightTransform,
  ...telling
}: Hierarchical): Conditioning {
  const { ontology } = telling;
  const levels = [...ontology.levels, ontology.classes].map((_, level) => ({
    classifier: head(`level${level}`, sizeAt(ontology, level), weightTransform),
    said: (node: Tensor) => gather(table(saidAt(ontology, level)), node, { axis: 0 }),
  }));
  const surprises = (duel: Duel, side: "real" | "fake") => {
    const node = side === "real" ? duel.label : toldOf(telling, duel.codes, duel.label);
    return levels
      .map(({ classifier, said }) => surpriseWhereTold(readBy(duel, classifier)[side], said(node)))
      .reduce((a, b) => add(a, b));
  };
  const discriminator = inNats("hierarchical", (duel) => ({
    loss: mul(add(surprises(duel, "real"), surprises(duel, "fake")), weight),
    meaning: "surprise at what data and fakes are, summed over levels, weighted; falls towards 0",
  }));
  const generator = inNats("hierarchical", (duel) => ({
    loss: mul(surprises(duel, "fake"), weight),
    meaning:
      "surprise at what fakes were asked to be, summed over levels, weighted; falls towards 0",
  }));
  return {
    id: "hierarchical",
    owns: levels.map(({ classifier }) => classifier),
    terms: { discriminator: [discriminator], generator: [generator] },
  };
}

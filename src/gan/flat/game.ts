import { jvp } from "../../engine/autodiff/jvp.ts";
import { constant } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, concat, mean, mul, neg, sub } from "../../engine/ops/index.ts";
import type { Module } from "../../nn/module.ts";
import type { Optimiser } from "../../nn/optimiser.ts";
import { criticBlind } from "../advice.ts";
import type { AnyPlayer, Average, Game, Player, Term, Turn } from "../game.ts";
import { normal, uniform } from "../latent.ts";
import { pairing, type Vectors, vectorsOf } from "./form.ts";

/** What both sides of the game see. Each member is computed when it is first read. */
export interface FlatView {
  readonly turn: Turn;
  readonly real: Tensor;
  /** The k tangents of each item of the data. */
  readonly tangents: Vectors;
  readonly fake: Tensor;
  /** ∂G/∂z₁, …, ∂G/∂z_k at each generated item. */
  readonly pushed: Vectors;
  /** The 0-form at any items, [n]. */
  scalarAt(items: Tensor): Tensor;
  /** The covectors of the k-form at any items; none for k = 0. */
  covectorsAt(items: Tensor): Vectors;
}

export interface FlatParts {
  /** The data field to imitate, and that of its tangents [k, …item], read when k > 0. */
  readonly field: string;
  readonly tangents: string;
  readonly batch: number;
  /** Order of the currents: how many tangents orient them. */
  readonly order: number;
  /** Coordinates of the code that are uniform, at least `order`; each spans [−range, range]. */
  readonly coordinates: number;
  readonly range: number;
  /** Normal coordinates that follow them. */
  readonly latent: number;
  /** Codes f32[n, coordinates + latent] → items. It must not mix the items of a batch. */
  readonly generator: Module<Tensor, Tensor>;
  /** Items → f32[n]. */
  readonly scalar: Module<Tensor, Tensor>;
  /** Items → f32[n, k, …item]; absent for k = 0. */
  readonly form?: Module<Tensor, Tensor>;
  /** Weight of the k-form beside the 0-form (the paper's code: alpha). */
  readonly formWeight: number;
  readonly terms: readonly Term<FlatView>[];
  readonly optimise: { readonly generator: Optimiser; readonly critic: Optimiser };
  /** Critic moves per generator move; 1 when absent. */
  readonly criticMoves?: number;
  readonly average?: Average;
}

/**
 * Flat metric minimisation: data and generator are k-currents, points with k tangents each, and the
 * critic is a pair of forms f and ω = b₁∧…∧b_k that maximises
 * E[f(x) + w·ω(x)(τ₁,…,τ_k)] − E[f(G(z)) + w·ω(G(z))(∂₁G,…,∂_kG)]
 * under terms that bound the forms and their exterior derivatives. The generator minimises it, so that
 * a step along z_i moves an item along its i-th tangent. Möllenhoff, Cremers 2019, arXiv:1905.04730.
 */
export function flat(parts: FlatParts): Game {
  const view = (turn: Turn) => viewOf(parts, turn);
  const d: Player<FlatView> = {
    name: "d",
    owns: [parts.scalar, ...(parts.form ? [parts.form] : [])],
    view,
    objective: (v) => ({
      loss: sub(score(parts, v, "fake"), score(parts, v, "real")),
      meaning: "minus the flat distance of generator and data; rises towards 0 as they near",
      unit: "form value",
      healthy: { high: 0, above: criticBlind },
    }),
    terms: parts.terms,
    optimiser: parts.optimise.critic,
  };
  const g: Player<FlatView> = {
    name: "g",
    owns: [parts.generator],
    view,
    objective: (v) => ({
      loss: neg(score(parts, v, "fake")),
      meaning: "minus the forms' value on the generator; only its trend has meaning",
      unit: "form value",
      healthy: {},
    }),
    optimiser: parts.optimise.generator,
    every: parts.criticMoves ?? 1,
  };
  const { field, batch, average } = parts;
  const noise = { t: uniform(parts.coordinates), z: normal(parts.latent) };
  return {
    field,
    batch,
    players: [d, g] as AnyPlayer[],
    ...(average && { average }),
    sampler: { noise, make: ({ t, z }, call) => call(parts.generator, code(parts, t!, z!)) },
  };
}

/** The forms' value on one side's current: E[f + w·ω(its vectors)]. */
function score(parts: FlatParts, view: FlatView, side: "real" | "fake"): Tensor {
  const items = view[side];
  const scalar = mean(view.scalarAt(items));
  if (parts.order === 0) return scalar;
  const vectors = side === "real" ? view.tangents : view.pushed;
  const oriented = pairing(view.covectorsAt(items), vectors, items.shape[0]!);
  return add(scalar, mul(mean(oriented), parts.formWeight));
}

const code = ({ range }: FlatParts, t: Tensor, z: Tensor): Tensor =>
  concat([mul(t, range), z], { axis: 1 });

function viewOf(parts: FlatParts, turn: Turn): FlatView {
  const { order, generator, form } = parts;
  // Neither player moves the generator before both have seen it: one application serves both.
  const made = () =>
    turn.once("flat", () => {
      const t = turn.noise("t", uniform(parts.coordinates));
      const z = code(parts, t, turn.noise("z", normal(parts.latent)));
      return { z, fake: turn.call(generator, z) };
    });
  const push = () => {
    const { z, fake } = made();
    return Array.from({ length: order }, (_, i) => jvp(fake, z, unit(z, i)));
  };
  return {
    turn,
    get real() {
      return turn.batch[parts.field]!;
    },
    get tangents() {
      return order === 0 ? [] : vectorsOf(turn.batch[parts.tangents]!).slice(0, order);
    },
    get fake() {
      return made().fake;
    },
    get pushed() {
      return turn.once("pushed", push);
    },
    scalarAt: (items) => turn.call(parts.scalar, items),
    covectorsAt: (items) => (form ? vectorsOf(turn.call(form, items)) : []),
  };
}

/** The i-th unit vector for each code. */
function unit(codes: Tensor, i: number): Tensor {
  const [n, size] = codes.shape;
  return constant(
    Array.from({ length: n! * size! }, (_, at) => (at % size! === i ? 1 : 0)),
    codes.shape,
  );
}

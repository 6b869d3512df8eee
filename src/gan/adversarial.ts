import { GanymedeError } from "../core/errors.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { mean } from "../engine/ops/index.ts";
import type { Module } from "../nn/module.ts";
import type { Optimiser, Tensors } from "../nn/optimiser.ts";
import type { AnyPlayer, Average, Game, Noise, Player, ReadingAbout, Term, Turn } from "./game.ts";
import type { AdversarialLoss, Logits } from "./losses/loss.ts";

/** What both sides of a two-player game see. Each member is computed when it is first read. */
export interface Duel {
  readonly turn: Turn;
  /** Data [n,…] and as many generated items. */
  readonly real: Tensor;
  readonly fake: Tensor;
  readonly logits: Logits;
  /** What the discriminator's trunk makes of both; throws `GAME` when it has no trunk of its own. */
  readonly features: Logits;
  /** Parameters of either side by full name, as they are by now; the discriminator's with its trunk. */
  readonly parameters: { readonly generator: Tensors; readonly discriminator: Tensors };
  /** The discriminator as it is now, or with the parameters that `instead` names, on any items. */
  discriminate(items: Tensor, instead?: Tensors): Tensor;
  /** The generator as it is now, on any codes. */
  generate(codes: Tensor): Tensor;
}

export interface Adversarial {
  /** The data field to imitate. */
  readonly field: string;
  readonly batch: number;
  readonly latent: Noise;
  readonly generator: Module<Tensor, Tensor>;
  /** From an item, or from its features when there is a trunk, to a logit. */
  readonly discriminator: Module<Tensor, Tensor>;
  /** The discriminator's trunk, for parts that look at features; moves with the discriminator. */
  readonly trunk?: Module<Tensor, Tensor>;
  readonly loss: AdversarialLoss;
  readonly optimise: { readonly generator: Optimiser; readonly discriminator: Optimiser };
  readonly terms?: {
    readonly generator?: readonly Term<Duel>[];
    readonly discriminator?: readonly Term<Duel>[];
  };
  /** Discriminator moves per generator move; 1 when absent. */
  readonly discriminatorMoves?: number;
  /** Applied to the discriminator's parameters after each of its moves: weight clipping. */
  readonly constrain?: (parameter: Tensor) => Tensor;
  readonly average?: Average;
}

/**
 * The game of Goodfellow et al.: in each tick the discriminator moves on a batch of data and fakes,
 * then, at its cadence, the generator moves on the same fakes against the discriminator as it has
 * become.
 */
export function adversarial(parts: Adversarial): Game {
  const { generator, discriminator, loss, latent, field, average } = parts;
  const view = (turn: Turn): Duel => duelOf(parts, turn);
  const d: Player<Duel> = {
    name: "d",
    owns: parts.trunk ? [parts.trunk, discriminator] : [discriminator],
    view,
    objective: (duel) => ({
      loss: loss.discriminator(duel.logits, duel),
      ...aboutOf(loss, "discriminator"),
      readings: scores(duel.logits, loss),
    }),
    terms: parts.terms?.discriminator ?? [],
    optimiser: parts.optimise.discriminator,
    ...(parts.constrain && { constrain: parts.constrain }),
  };
  const g: Player<Duel> = {
    name: "g",
    owns: [generator],
    view,
    objective: (duel) => ({
      loss: loss.generator(duel.logits, duel),
      ...aboutOf(loss, "generator"),
    }),
    terms: parts.terms?.generator ?? [],
    optimiser: parts.optimise.generator,
    every: parts.discriminatorMoves ?? 1,
  };
  return {
    field,
    batch: parts.batch,
    players: [d, g] as AnyPlayer[],
    ...(average && { average }),
    judge: (items, call) => call(discriminator, parts.trunk ? call(parts.trunk, items) : items),
    sampler: { noise: { z: latent }, make: ({ z }, call) => call(generator, z!) },
  };
}

/** What a side's loss is to its reader. */
const aboutOf = (
  { meaning, unit = "score", healthy = {} }: AdversarialLoss,
  side: "discriminator" | "generator",
): ReadingAbout => ({
  meaning: meaning[side],
  unit: typeof unit === "string" ? unit : unit[side],
  healthy: healthy[side] ?? {},
});

function scores({ real, fake }: Logits, { scoreUnit = "score", healthy = {} }: AdversarialLoss) {
  const about = { unit: scoreUnit, healthy: healthy.score ?? {} };
  const meaning = "mean score of fakes; nears d.real as they improve";
  return {
    real: { value: mean(real), meaning: "mean score of data; above d.fake", ...about },
    fake: { value: mean(fake), meaning, ...about },
  };
}

/** The view that both sides share in one tick. */
export function duelOf(parts: Adversarial, turn: Turn): Duel {
  const { generator, discriminator, trunk, latent, field } = parts;
  const generate = (codes: Tensor) => turn.call(generator, codes);
  const discriminate = (items: Tensor, instead?: Tensors) =>
    turn.call(discriminator, trunk ? turn.call(trunk, items, instead) : items, instead);
  const duel: Duel = {
    turn,
    generate,
    discriminate,
    // A module has no parameters before it has been applied: each side is asked for its result first.
    parameters: {
      get generator() {
        return duel.fake && parametersOf(turn, [generator]);
      },
      get discriminator() {
        const parts = trunk ? [trunk, discriminator] : [discriminator];
        return duel.logits.real && parametersOf(turn, parts);
      },
    },
    get real() {
      return turn.batch[field]!;
    },
    // The generator has not moved when its turn comes: its fakes are those that were just judged.
    get fake() {
      return turn.once("fake", () => generate(turn.noise("z", latent)));
    },
    features: bothSides((side) => {
      if (trunk) return turn.call(trunk, duel[side]);
      throw noTrunk();
    }),
    logits: bothSides((side) =>
      trunk ? turn.call(discriminator, duel.features[side]) : discriminate(duel[side]),
    ),
  };
  return duel;
}

const parametersOf = (turn: Turn, modules: readonly Module[]): Tensors =>
  Object.assign({}, ...modules.map((m) => turn.parameters(m as Module<never, unknown>)));

/** A pair of which each side is made when it is first read. */
function bothSides(make: (side: "real" | "fake") => Tensor): Logits {
  const made: { real?: Tensor; fake?: Tensor } = {};
  const side = (name: "real" | "fake"): Tensor => {
    made[name] ??= make(name);
    return made[name];
  };
  return {
    get real() {
      return side("real");
    },
    get fake() {
      return side("fake");
    },
  };
}

const noTrunk = () =>
  new GanymedeError("GAME", {
    where: "adversarial",
    expected: "a discriminator in two parts, `trunk` and `discriminator`",
    got: "no trunk",
    fix: "give the layers whose output is looked at as `trunk`",
  });

import { GanymedeError } from "../core/errors.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, mean } from "../engine/ops/index.ts";
import type { Module } from "../nn/module.ts";
import type { Optimiser, Tensors } from "../nn/optimiser.ts";
import type { Asked, Condition } from "./condition.ts";
import type { AnyPlayer, Average, Game, Noise, Player, ReadingAbout, Term, Turn } from "./game.ts";
import type { AdversarialLoss, Logits } from "./losses/loss.ts";

/** What both sides of a two-player game see. Each member is computed when it is first read. */
export interface Duel {
  readonly turn: Turn;
  /** Data [n,…] and as many generated items. */
  readonly real: Tensor;
  readonly fake: Tensor;
  readonly logits: Logits;
  /** Classes i32[n] of the data, and of the fakes, which are made to match; `GAME` without a condition. */
  readonly label: Tensor;
  /** What the discriminator's trunk makes of both; throws `GAME` when it has no trunk of its own. */
  readonly features: Logits;
  /** Parameters of either side by full name, as they are by now; the discriminator's with its trunk. */
  readonly parameters: { readonly generator: Tensors; readonly discriminator: Tensors };
  /**
   * The discriminator as it is now, or with the parameters that `instead` names, on as many items as a
   * batch has; of the batch's classes.
   */
  discriminate(items: Tensor, instead?: Tensors): Tensor;
  /** The generator as it is now, on any codes; of the batch's classes. */
  generate(codes: Tensor): Tensor;
}

interface Common {
  /** The data field to imitate. */
  readonly field: string;
  readonly batch: number;
  readonly latent: Noise;
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

export interface Unconditional extends Common {
  readonly generator: Module<Tensor, Tensor>;
  readonly condition?: undefined;
}

/** A game in which items have classes that the generator is asked for. */
export interface Conditional extends Common {
  readonly generator: Module<Asked, Tensor>;
  readonly condition: Condition;
}

export type Adversarial = Unconditional | Conditional;

/**
 * The game of Goodfellow et al.: in each tick the discriminator moves on a batch of data and fakes,
 * then, at its cadence, the generator moves on the same fakes against the discriminator as it has
 * become.
 */
export function adversarial(declared: Adversarial): Game {
  const parts = settled(declared);
  const { field, average, condition } = parts;
  return {
    field,
    batch: parts.batch,
    players: [discriminatorOf(parts), generatorOf(parts)] as AnyPlayer[],
    ...(average && { average }),
    ...(!condition && { judge: judgeOf(parts) }),
    sampler: {
      noise: { z: parts.latent },
      ...(condition && { classes: condition.classes }),
      make: ({ z, label }, call) => generateBy(parts, call, z!, () => label!),
    },
  };
}

function discriminatorOf(parts: Adversarial): Player<Duel> {
  const { loss, condition, constrain, terms, optimise } = parts;
  return {
    name: "d",
    owns: [...judgesOf(parts), ...(condition?.by.owns ?? [])] as Module<never, unknown>[],
    view: (turn) => duelOf(parts, turn),
    objective: (duel) => ({
      loss: loss.discriminator(duel.logits, duel),
      ...aboutOf(loss, "discriminator"),
      readings: scores(duel.logits, loss),
    }),
    terms: [...(terms?.discriminator ?? []), ...(condition?.by.terms?.discriminator ?? [])],
    optimiser: optimise.discriminator,
    ...(constrain && { constrain }),
  };
}

function generatorOf(parts: Adversarial): Player<Duel> {
  const { loss, condition, generator, terms, optimise } = parts;
  return {
    name: "g",
    owns: [generator as Module<never, unknown>],
    view: (turn) => duelOf(parts, turn),
    objective: (duel) => ({
      loss: loss.generator(duel.logits, duel),
      ...aboutOf(loss, "generator"),
    }),
    terms: [...(terms?.generator ?? []), ...(condition?.by.terms?.generator ?? [])],
    optimiser: optimise.generator,
    every: parts.discriminatorMoves ?? 1,
  };
}

/** The parts with what their condition puts in the place of some. */
const settled = (parts: Adversarial): Adversarial => ({ ...parts, ...parts.condition?.by.instead });

/** The modules that a score comes from, in the order in which an item passes through them. */
function judgesOf({ trunk, discriminator, condition }: Adversarial): Module<never, unknown>[] {
  const { items, fit } = condition?.by ?? {};
  const all = [items, trunk, discriminator, fit] as (Module<never, unknown> | undefined)[];
  return all.filter((m) => m !== undefined);
}

const judgeOf =
  ({ trunk, discriminator }: Adversarial): NonNullable<Game["judge"]> =>
  (items, call) =>
    call(discriminator, trunk ? call(trunk, items) : items);

const generateBy = (
  parts: Adversarial,
  call: Turn["call"],
  z: Tensor,
  label: () => Tensor,
): Tensor =>
  parts.condition ? call(parts.generator, { z, label: label() }) : call(parts.generator, z);

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
  const { generator, latent, field, condition } = parts;
  const { featuresOf, scoreOf } = discriminationOf(parts, turn, () => duel.label);
  const generate = (codes: Tensor) => generateBy(parts, turn.call, codes, () => duel.label);
  const discriminate = (items: Tensor, instead?: Tensors) =>
    scoreOf(featuresOf(items, instead), instead);
  const duel: Duel = {
    turn,
    generate,
    discriminate,
    get label() {
      if (condition) return turn.batch[condition.label]!;
      throw missing("a condition", "a game without classes", "give `adversarial` a `condition`");
    },
    // A module has no parameters before it has been applied: each side is asked for its result first.
    parameters: {
      get generator() {
        return duel.fake && parametersOf(turn, [generator as Module<never, unknown>]);
      },
      get discriminator() {
        return duel.logits.real && parametersOf(turn, judgesOf(parts));
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
      if (parts.trunk) return featuresOf(duel[side]);
      throw noTrunk();
    }),
    logits: bothSides((side) =>
      parts.trunk ? scoreOf(duel.features[side]) : discriminate(duel[side]),
    ),
  };
  return duel;
}

/** The two halves of a judgement: features of items, and their score. */
function discriminationOf(parts: Adversarial, { call }: Turn, label: () => Tensor) {
  const { trunk, discriminator, condition } = parts;
  const { items: labelled, fit } = condition?.by ?? {};
  return {
    featuresOf(items: Tensor, instead?: Tensors): Tensor {
      const seen = labelled ? call(labelled, { x: items, label: label() }, instead) : items;
      return trunk ? call(trunk, seen, instead) : seen;
    },
    scoreOf(features: Tensor, instead?: Tensors): Tensor {
      const score = call(discriminator, features, instead);
      return fit ? add(score, call(fit, { x: features, label: label() }, instead)) : score;
    },
  };
}

const parametersOf = (turn: Turn, modules: readonly Module<never, unknown>[]): Tensors =>
  Object.assign({}, ...modules.map((m) => turn.parameters(m)));

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
  missing(
    "a discriminator in two parts, `trunk` and `discriminator`",
    "no trunk",
    "give the layers whose output is looked at as `trunk`",
  );

const missing = (expected: string, got: string, fix: string) =>
  new GanymedeError("GAME", { where: "adversarial", expected, got, fix });

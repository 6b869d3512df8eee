import type { Tensor } from "../engine/ir/tensor.ts";
import { mean } from "../engine/ops/index.ts";
import { type Module, module } from "../nn/module.ts";
import type { Optimiser } from "../nn/optimiser.ts";
import type { Augmentation } from "./augmentation/augmentation.ts";
import type { Asked, ClassCondition, Condition } from "./condition.ts";
import { type Duel, duelOf, generateBy, judgesOf, noTrunk } from "./duel.ts";
import type {
  AnyPlayer,
  Average,
  Game,
  Noise,
  Player,
  ReadingAbout,
  Sampler,
  Term,
} from "./game.ts";
import type { AdversarialLoss, Logits } from "./losses/loss.ts";

interface Common {
  /** The data field to imitate. */
  readonly field: string;
  readonly batch: number;
  readonly latent: Noise;
  /** Codes that the game is played with, of those that are drawn: latent optimisation. */
  readonly refine?: (codes: Tensor, duel: Duel) => Tensor;
  /** From an item, or from its features when there is a trunk, to a logit. */
  readonly discriminator: Module<Tensor, Tensor>;
  /** The discriminator's trunk, for parts that look at features; moves with the discriminator. */
  readonly trunk?: Module<Tensor, Tensor>;
  readonly loss: AdversarialLoss;
  /** What the discriminator is shown in the place of data and fakes; these themselves when absent. */
  readonly augment?: Augmentation;
  readonly optimise: { readonly generator: Optimiser; readonly discriminator: Optimiser };
  /** More modules that move with the discriminator: heads that terms look through. */
  readonly heads?: readonly Module<Tensor, Tensor>[];
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

/** A game in which the generator is asked for what items have: a class, or numbers. */
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
    ...(!condition && !parts.loss.several && { judge: judgeOf(parts) }),
    sampler: samplerOf(parts),
  };
}

function samplerOf(parts: Adversarial): Sampler {
  const { condition, latent } = parts;
  const told = condition && "values" in condition ? condition : undefined;
  return {
    noise: { z: latent, ...(told && { condition: told.values }) },
    ...(told && { condition: told.label }),
    ...(condition && "classes" in condition && askable(condition)),
    make: (given, call) =>
      generateBy(parts, call, given.z!, () => (given.label ?? given.condition)!),
  };
}

const askable = ({ classes, groups = [] }: ClassCondition) => ({
  classes: [...classes, ...groups],
  drawn: classes.length,
});

function discriminatorOf(parts: Adversarial): Player<Duel> {
  const { loss, condition, constrain, terms, optimise } = parts;
  return {
    name: "d",
    owns: [...judgesOf(parts), ...(parts.heads ?? []), ...(condition?.by.owns ?? [])] as Module<
      never,
      unknown
    >[],
    view: (turn) => duelOf(parts, turn),
    objective: (duel) => ({
      loss: loss.discriminator(duel.logits, duel),
      ...aboutOf(loss, "discriminator"),
      readings: { ...scores(duel.logits, loss), ...followed(parts, duel) },
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

/**
 * The parts with what their condition puts in the place of some: a head needs a trunk's features. What was
 * laid over the loss is laid over the one that takes its place.
 */
function settled(parts: Adversarial): Adversarial {
  const { instead, score } = parts.condition?.by ?? {};
  if ((instead || score) && !parts.trunk) throw noTrunk();
  if (!instead) return parts;
  return { ...parts, ...instead, loss: parts.loss.over?.(instead.loss) ?? instead.loss };
}

/** What an augmentation makes of the discriminator's scores, and has to say. */
const followed = ({ augment }: Adversarial, { turn, logits }: Duel) =>
  augment?.follow ? turn.call(module("augment", augment.follow), logits) : {};

/** The score of each item; the mean where the discriminator scores its patches. */
const judgeOf =
  ({ trunk, discriminator }: Adversarial): NonNullable<Game["judge"]> =>
  (items, call) => {
    const scores = call(discriminator, trunk ? call(trunk, items) : items);
    const [, ...patches] = scores.shape.keys();
    return patches.length > 0 ? mean(scores, { axes: patches }) : scores;
  };

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

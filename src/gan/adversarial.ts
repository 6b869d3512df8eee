import type { Tensor } from "../engine/ir/tensor.ts";
import { mean } from "../engine/ops/index.ts";
import type { Module } from "../nn/module.ts";
import type { Optimiser } from "../nn/optimiser.ts";
import type { AnyPlayer, Average, Game, Noise, Player, Term, Turn } from "./game.ts";
import type { AdversarialLoss, Logits } from "./losses/loss.ts";

/** What both sides of a two-player game see. Each member is computed when it is first read. */
export interface Duel {
  readonly turn: Turn;
  /** Data [n,…] and as many generated items. */
  readonly real: Tensor;
  readonly fake: Tensor;
  readonly logits: Logits;
  /** The discriminator as it is now, on any items. */
  discriminate(items: Tensor): Tensor;
}

export interface Adversarial {
  /** The data field to imitate. */
  readonly field: string;
  readonly batch: number;
  readonly latent: Noise;
  readonly generator: Module<Tensor, Tensor>;
  readonly discriminator: Module<Tensor, Tensor>;
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
  const view = (turn: Turn): Duel => makeDuel(parts, turn);
  const d: Player<Duel> = {
    name: "d",
    owns: [discriminator],
    view,
    objective: ({ logits }) => ({
      loss: loss.discriminator(logits),
      meaning: loss.meaning.discriminator,
      readings: {
        real: { value: mean(logits.real), meaning: "mean score of data; above d.fake" },
        fake: {
          value: mean(logits.fake),
          meaning: "mean score of fakes; nears d.real as they improve",
        },
      },
    }),
    terms: parts.terms?.discriminator ?? [],
    optimiser: parts.optimise.discriminator,
    ...(parts.constrain && { constrain: parts.constrain }),
  };
  const g: Player<Duel> = {
    name: "g",
    owns: [generator],
    view,
    objective: ({ logits }) => ({ loss: loss.generator(logits), meaning: loss.meaning.generator }),
    terms: parts.terms?.generator ?? [],
    optimiser: parts.optimise.generator,
    every: parts.discriminatorMoves ?? 1,
  };
  return {
    field,
    batch: parts.batch,
    players: [d, g] as AnyPlayer[],
    ...(average && { average }),
    sampler: { noise: { z: latent }, make: ({ z }, call) => call(generator, z!) },
  };
}

function makeDuel({ generator, discriminator, latent, field }: Adversarial, turn: Turn): Duel {
  const lazy = new Map<string, Tensor>();
  const remember = (key: string, make: () => Tensor): Tensor => {
    const known = lazy.get(key) ?? make();
    lazy.set(key, known);
    return known;
  };
  const discriminate = (items: Tensor) => turn.call(discriminator, items);
  const duel: Duel = {
    turn,
    discriminate,
    get real() {
      return turn.batch[field]!;
    },
    // The generator has not moved when its turn comes: its fakes are those that were just judged.
    get fake() {
      return turn.once("fake", () => turn.call(generator, turn.noise("z", latent)));
    },
    logits: {
      get real() {
        return remember("real", () => discriminate(duel.real));
      },
      get fake() {
        return remember("fake", () => discriminate(duel.fake));
      },
    },
  };
  return duel;
}

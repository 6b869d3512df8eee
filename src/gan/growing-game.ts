import type { Tensor } from "../engine/ir/tensor.ts";
import { type Module, module, type Net } from "../nn/module.ts";
import type { Optimiser } from "../nn/optimiser.ts";
import type { Progress } from "../nn/schedule.ts";
import { adversarial, type Unconditional } from "./adversarial.ts";
import { type Duel, duelOf } from "./duel.ts";
import type { AnyPlayer, Average, Game, Noise, Player, Term, Turn } from "./game.ts";
import type { AdversarialLoss } from "./losses/loss.ts";
import {
  type GrowingShape,
  growingCritic,
  growingGenerator,
  grownGenerator,
  lastStage,
  partsAt,
  seenAt,
} from "./nets/growing.ts";

export interface GrowingGame {
  readonly field: string;
  readonly shape: GrowingShape;
  readonly batch: number;
  readonly latent: Noise;
  readonly loss: AdversarialLoss;
  readonly terms?: { readonly discriminator?: readonly Term<Duel>[] };
  /** New for each stage: what the optimisers keep is forgotten when a level is added. */
  readonly optimise: () => { readonly generator: Optimiser; readonly discriminator: Optimiser };
  /** Ticks in which a level is faded in, and as many in which it then stays. */
  readonly ticks: number;
  readonly decay: Average["decay"];
}

/** A stage's ticks: the first has nothing to fade in, the last goes on. */
function spanOf({ shape, ticks }: GrowingGame, stage: number) {
  const from = stage === 0 ? 0 : ticks * (2 * stage - 1);
  const until = stage === lastStage(shape) ? Number.POSITIVE_INFINITY : ticks * (2 * stage + 1);
  return { from, until };
}

/** The share of a stage's last level: from 0 to 1 along a straight line in its first ticks. */
const fadeOf =
  (game: GrowingGame, stage: number) =>
  ({ step }: Progress): number =>
    stage === 0 ? 1 : Math.min(1, Math.max(0, (step - spanOf(game, stage).from) / game.ticks));

/**
 * A game of nets that grow: each stage is a pair of players of its own, who move in its ticks alone and
 * play with the levels up to theirs. Nothing finer is computed before its stage.
 */
export function growingGame(o: GrowingGame): Game {
  const stages = Array.from({ length: lastStage(o.shape) + 1 }, (_, stage) => stage);
  const players = stages.flatMap((stage) => playersOf(o, stage));
  const grown = module("g", grownGenerator(o.shape));
  return {
    field: o.field,
    batch: o.batch,
    players,
    average: { of: partsOf("g", stages), decay: o.decay },
    sampler: { noise: { z: o.latent }, make: ({ z }, call) => call(grown, z!) },
  };
}

const unused: Net<Tensor, Tensor> = (x) => x;

/** The parts of a net that the stages train, without repeats. They are named, and applied as a whole. */
const partsOf = (net: string, stages: readonly number[]): Module<never, unknown>[] =>
  [...new Set(stages.flatMap((stage) => partsAt(net, stage)))].map((name) => module(name, unused));

function playersOf(o: GrowingGame, stage: number): AnyPlayer[] {
  const side = o.shape.image[1]! / 2 ** (lastStage(o.shape) - stage);
  const view = (turn: Turn) => viewOf(o, stage, turn);
  const [discriminator, generator] = adversarial(partsWith(o, stage))
    .players as unknown as Player<Duel>[];
  const during = spanOf(o, stage);
  const both: Player<Duel>[] = [
    { ...discriminator!, name: `d${side}`, owns: partsOf("d", [stage]), view, during },
    { ...generator!, name: `g${side}`, owns: partsOf("g", [stage]), view, during },
  ];
  return both as AnyPlayer[];
}

/** The game of a stage; its nets have a level to fade in once the share of it is given. */
function partsWith(o: GrowingGame, stage: number, fade?: Tensor): Unconditional {
  const { field, batch, latent, loss, terms } = o;
  const net = (make: typeof growingGenerator) => (fade ? make(o.shape, stage, fade) : unused);
  return {
    field,
    batch,
    latent,
    loss,
    ...(terms && { terms }),
    generator: module("g", net(growingGenerator)),
    discriminator: module("d", net(growingCritic)),
    optimise: o.optimise(),
  };
}

/** What both players of a stage see: data as small as their fakes. */
function viewOf(o: GrowingGame, stage: number, turn: Turn): Duel {
  const once: Turn["once"] = (key, make) => turn.once(`stage${stage} ${key}`, make);
  const fade = turn.scalar(`fade${stage}`, fadeOf(o, stage));
  const seen = () => once("data", () => seenAt(o.shape, stage, fade, turn.batch[o.field]!));
  const batch: Turn["batch"] = Object.create(turn.batch, { [o.field]: { get: seen } });
  return duelOf(partsWith(o, stage, fade), { ...turn, once, batch });
}

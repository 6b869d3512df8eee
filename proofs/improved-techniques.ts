import type { Tensor } from "../src/engine/ir/tensor.ts";
import * as ops from "../src/engine/ops/index.ts";
import type { AnyPlayer, Game, Player, Turn } from "../src/gan/game.ts";
import { normal } from "../src/gan/latent.ts";
import { historicalAveraging } from "../src/gan/terms/historical-averaging.ts";
import { spread } from "../src/metrics/bootstrap.ts";
import { constant } from "../src/nn/initialisers.ts";
import { type Module, module } from "../src/nn/module.ts";
import { sgd } from "../src/nn/sgd.ts";
import { Trainer } from "../src/train/trainer.ts";
import { digits, type Jury, openJury } from "./_images.ts";
import { lay, Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

/**
 * The full recipe, and the value of each option that leaves one technique out. Large rates and small
 * batches, so that there is something to settle; a half-life of one item is no average of weights: an
 * average, which the paper does not have, settles too, and hides what the five do.
 */
const recipe = {
  batch: 16,
  latent: 8,
  width: 16,
  rate: 2e-3,
  beta1: 0.5,
  averageHalfLife: 1,
  featureMatching: 1,
  kernels: 8,
  historicalAveraging: 0.01,
  realTarget: 0.8,
  reference: 128,
};
const left = {
  "feature matching": { featureMatching: 0 },
  "minibatch discrimination": { kernels: 0 },
  "historical averaging": { historicalAveraging: 0 },
  "label smoothing": { realTarget: 1 },
  "virtual batch norm": { reference: 0 },
};
/** The six that the full recipe is compared with: without each of the five, and without all. */
const ablations = { ...left, "all five": Object.assign({}, ...Object.values(left)) };

export const proof: Proof = {
  id: "improved-techniques",
  claim: "historical averaging ends a circling game; the recipe scores at least as its ablations",
  row: {
    family: "objective",
    mechanism:
      "feature matching, minibatch discrimination, historical averaging ‖θ − (1/t)Σθᵢ‖², " +
      "one-sided label smoothing and virtual batch norm together",
    parts: ["src/zoo/improved-techniques.ts", "src/gan/terms/historical-averaging.ts"],
  },
  // Seeds that no earlier run and no pilot has seen.
  seeds: [30, 31, 32, 33],
  thresholds: {
    "xy: radius of plain play after 500 steps": {
      atLeast: 10,
      because: "the row's bound; (1 + rate²)^250 = 12.0 in closed form",
    },
    "xy: radius with historical averaging": { atMost: 0.05, because: "the row's bound" },
    "ablations with a mean IS* at most the recipe's": {
      atLeast: 4,
      because: "the row's bound, of 6 comparisons",
    },
  },
  history:
    "a first run, of 1,000 steps at rate 1e-3 and batches of 32 on seeds 0 and 1, had 2 of 6: it judged " +
    "averaged weights once, of a game that was calm without any technique. Now, after a pilot on seeds " +
    "100 and 101 (4 and 2 of the 4 techniques tried, minibatch discrimination left aside): the last " +
    "weights as in the paper, a mean over seven moments, twice the rate, half the batch, fresh seeds. " +
    "That record (seeds 20 to 23) passed with 5 of 6; convolutions were lowered anew since, and the same " +
    "seeds, which rounding leads elsewhere, have 3: without virtual batch norm, feature matching or " +
    "smoothing IS* was higher by 0.05 to 0.17, less than one seed differs from the next. Those three " +
    "were too weak to tell: with ten times the feature matching and historical averaging, a target of " +
    "0.8 and 128 reference rows, leaving out matching, smoothing or virtual batch norm lowers IS* on " +
    "each of two pilot seeds, by 0.04 to 0.35 (100 and 101), where feature matching of 0.02 and 0.1 and " +
    "a target of 0.9 had not. Seeds are new",
  async run(context) {
    const { provider, seeds, size, say } = context;
    const jury = await openJury(provider, { pictures: digits(16), count: size(2000, 20) });
    const scores: Record<string, number[]> = {};
    for (const [name, change] of Object.entries({ nothing: {}, ...ablations })) {
      scores[name] = [];
      for (const seed of seeds) scores[name].push(await score(context, jury, seed, change));
      say(`IS* without ${name}: ${scores[name]}`);
    }
    await jury.dispose();
    const mean = (name: string) => spread(scores[name]!).mean;
    const below = Object.keys(ablations).filter((name) => mean(name) <= mean("nothing"));
    const named = Object.entries(scores).map(([name, v]) => [`IS* without ${name}`, v]);
    return {
      "xy: radius of plain play after 500 steps": await circle(context, 0),
      "xy: radius with historical averaging": await circle(context, 0.1),
      "ablations with a mean IS* at most the recipe's": below.length,
      ...Object.fromEntries(named),
    };
  },
};

/** IS* of the recipe with some options changed, a mean over the second half of training. */
async function score({ provider, size }: ProofContext, jury: Jury, seed: number, change: object) {
  const options = { ...recipe, width: size(16, 2), ...change };
  const laid = await lay({ system: "improved-techniques", ...digits(16), options });
  const play = new Play(laid, provider, seed);
  const values: number[] = [];
  for (let moment = 0; moment < size(7, 1); moment++) {
    await play.until(size(600, 2) + 100 * moment);
    values.push(await jury.inception(play, seed));
  }
  await play.dispose();
  return spread(values).mean;
}

/**
 * min over x, max over y of x·y from (1, 0) by simultaneous gradient steps of 0.1: the radius after
 * 500. Each step turns by the rate and multiplies the radius by √(1 + rate²).
 */
async function circle({ provider }: ProofContext, weight: number): Promise<number> {
  const { source } = await lay({ system: "gan-vanilla", data: "gaussian-1d" });
  const scalar = (name: string, first: number): Module<null> =>
    module(name, (_, scope) => scope.parameter("weight", [1], constant(first)));
  const [x, y] = [scalar("x", 1), scalar("y", 0)];
  // Both see where both stood before either moved.
  const view = (turn: Turn) =>
    turn.once("both", () => ({ turn, x: turn.call(x, null), y: turn.call(y, null) }));
  const player = (own: Module<null>, sign: 1 | -1): Player<ReturnType<typeof view>> => ({
    name: own.name,
    owns: [own as never],
    view,
    objective: ({ x, y }) => ({
      loss: ops.mul(ops.sum(ops.mul(x, y)), sign),
      meaning: "what it wants small",
      readings: { radius: { value: length(x, y), meaning: "distance from the equilibrium" } },
    }),
    terms: weight > 0 ? [historicalAveraging({ of: [own as never], weight })] : [],
    optimiser: sgd({ rate: 0.1 }),
  });
  const game: Game = {
    field: "point",
    batch: 1,
    players: [player(x, 1), player(y, -1)] as AnyPlayer[],
    sampler: { noise: { z: normal(1) }, make: ({ z }) => z! },
  };
  const trainer = new Trainer({ game, source, provider, seed: 0, chunk: 50 });
  let radius = 1;
  // The reading of step 501 is the radius that 500 steps have left.
  while (trainer.step < 501) {
    radius = (await trainer.advance(501)).at(-1)!.values["x.radius"]!;
  }
  await trainer.dispose();
  return radius;
}

const length = (x: Tensor, y: Tensor) => ops.sqrt(ops.sum(ops.add(ops.square(x), ops.square(y))));

import { stream } from "../src/core/random.ts";
import { grad } from "../src/engine/autodiff/grad.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import * as ops from "../src/engine/ops/index.ts";
import { adversarial } from "../src/gan/adversarial.ts";
import type { Game } from "../src/gan/game.ts";
import { normal } from "../src/gan/latent.ts";
import { minimax } from "../src/gan/losses/minimax.ts";
import { nonSaturating } from "../src/gan/losses/non-saturating.ts";
import { moments } from "../src/metrics/moments.ts";
import { adam } from "../src/nn/adam.ts";
import { type Module, module } from "../src/nn/module.ts";
import { cosine, steps } from "../src/nn/schedules.ts";
import { lay, Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

/** The data, N(4, 0.5²), and what the game should find. */
const target = { mean: 4, deviation: 0.5 };

/**
 * On the line. No momentum: with beta1 0.5 the width of the generator collapses and regrows (pilot:
 * σ error −0.4 to 0.1 over 5,000 steps); a discriminator that is the quicker of the two holds it.
 */
const options = {
  batch: 256,
  latent: 1,
  beta1: 0,
  generatorRate: 1e-3,
  discriminatorRate: 3e-3,
  averageHalfLife: 100_000,
};

/** The frozen generator of part (b), N(5, 0.7²), and the discriminator's optimum against it. */
const frozen = { mean: 5, deviation: 0.7 };
const density = (x: number, { mean, deviation }: typeof target) =>
  Math.exp(-(((x - mean) / deviation) ** 2) / 2) / deviation;
const optimum = (x: number) => density(x, target) / (density(x, target) + density(x, frozen));

export const proof: Proof = {
  id: "gan-vanilla",
  claim: "the game finds N(4, 0.5²), its discriminator the optimum, its loss a way out of defeat",
  row: {
    family: "objective",
    mechanism:
      "D maximises E log D(x) + E log(1 − D(G(z))); G minimises −E log D(G(z)) or the reverse",
    parts: ["src/gan/losses/minimax.ts", "src/gan/losses/non-saturating.ts", "src/gan/nets/mlp.ts"],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "|mean error|": { atMost: 0.1, because: "the row's bound: a fifth of the data's deviation" },
    "|σ error|": { atMost: 0.1, because: "the row's bound: a fifth of the data's deviation" },
    "mean |D − ½|": { atMost: 0.05, because: "the row's bound: D is at its equilibrium" },
    "max |D − D*|, frozen G": { atMost: 0.05, because: "the row's bound, over the support" },
    "D accuracy when it has won": { atLeast: 0.99, because: "the row's condition for the ratio" },
    "gradient ratio, non-saturating to minimax": {
      atLeast: 5,
      because: "the row's bound; about (1 − D)/D = 99 where D is 0.01 on fakes",
    },
  },
  async run(context) {
    const figures: Record<string, number[]> = {};
    const note = (name: string, value: number) => {
      figures[name] ??= [];
      figures[name].push(value);
    };
    for (const seed of context.seeds) {
      const parts = {
        ...(await equilibrium(context, seed, "non-saturating", "")),
        ...(await equilibrium(context, seed, "minimax", "minimax baseline: ")),
        ...(await againstFrozen(context, seed)),
        ...(await afterDefeat(context, seed)),
      };
      for (const [name, value] of Object.entries(parts)) note(name, value);
      context.say(`seed ${seed} done`);
    }
    return figures;
  },
};

/** D of the game as it is now, on items as networks see them. */
async function discriminate(play: Play, d: Module, items: Float32Array): Promise<Float32Array> {
  const shape = [items.length, 1];
  const { said } = await play.look({ x: { shape, data: items } }, ({ x }, trace) => ({
    said: ops.sigmoid(d.net(x!, trace.scope(d.name))),
  }));
  return said!;
}

const moduleOf = (game: Game, player: number) => game.players[player]!.owns[0] as unknown as Module;

/** (a) Where the whole game ends: moments of the samples, and D on data and samples alike. */
async function equilibrium(
  { provider, size }: ProofContext,
  seed: number,
  loss: "non-saturating" | "minimax",
  label: string,
): Promise<Record<string, number>> {
  const laid = await lay({
    system: "gan-vanilla",
    data: "gaussian-1d",
    options: { ...options, loss },
  });
  const play = new Play(laid, provider, seed);
  await play.until(size(8000, 100));
  const count = size(10_000, 500);
  const fakes = await play.samples(count, seed);
  const { mean, deviation } = moments(fakes);
  const both = Float32Array.from([...play.data(count, seed), ...fakes]);
  const said = await discriminate(play, moduleOf(laid.game, 0), play.seen(both));
  await play.dispose();
  return {
    [`${label}|mean error|`]: Math.abs(mean - target.mean),
    [`${label}|σ error|`]: Math.abs(deviation - target.deviation),
    [`${label}mean |D − ½|`]: moments(said.map((p) => Math.abs(p - 0.5))).mean,
  };
}

/**
 * (b) The discriminator alone, against noise moved to N(5, 0.7²): D* = p_d/(p_d + p_g) in closed
 * form. The support: where either density lies within 2.5 deviations of its mean.
 */
async function againstFrozen(
  { provider, size }: ProofContext,
  seed: number,
): Promise<Record<string, number>> {
  const laid = await lay({ system: "gan-vanilla", data: "gaussian-1d", options });
  const moves = size(4000, 100);
  const discriminator = moduleOf(laid.game, 0) as Module<Tensor, Tensor>;
  const shifted = (z: Tensor) => ops.add(ops.mul(z, frozen.deviation), frozen.mean);
  const game = adversarial({
    field: "point",
    batch: 512,
    latent: normal(1),
    generator: module("g", shifted),
    discriminator,
    loss: nonSaturating(),
    optimise: {
      generator: adam(),
      discriminator: adam({ rate: cosine(3e-3, 0, steps(moves)) }),
    },
  });
  const alone: Game = { ...game, players: game.players.slice(0, 1) };
  const play = new Play({ ...laid, game: alone }, provider, seed);
  await play.until(moves);
  const [low, high] = [
    Math.min(target.mean - 2.5 * target.deviation, frozen.mean - 2.5 * frozen.deviation),
    Math.max(target.mean + 2.5 * target.deviation, frozen.mean + 2.5 * frozen.deviation),
  ];
  const points = Float32Array.from({ length: 1001 }, (_, i) => low + ((high - low) * i) / 1000);
  const said = await discriminate(play, discriminator, play.seen(points));
  await play.dispose();
  const errors = said.map((p, i) => Math.abs(p - optimum(points[i]!)));
  return { "max |D − D*|, frozen G": Math.max(...errors) };
}

/** (c) D moves alone against the untrained generator until it has won; then both gradients for G. */
async function afterDefeat(
  { provider, size }: ProofContext,
  seed: number,
): Promise<Record<string, number>> {
  const laid = await lay({ system: "gan-vanilla", data: "gaussian-1d", options });
  const [d, g] = [moduleOf(laid.game, 0), moduleOf(laid.game, 1)];
  const alone: Game = { ...laid.game, players: laid.game.players.slice(0, 1) };
  const play = new Play({ ...laid, game: alone, chunk: 10 }, provider, seed);
  const count = size(5000, 200);
  const z = stream(seed, "proof/z").normal(new Float32Array(count));
  const feeds = { z: { shape: [count, 1], data: z } };
  const accuracy = async () => {
    const { x } = await play.look(feeds, ({ z }, trace) => ({ x: g.net(z!, trace.scope("g")) }));
    const fakes = await discriminate(play, d, x!);
    const reals = await discriminate(play, d, play.seen(play.data(count, seed)));
    const right = fakes.filter((p) => p < 0.5).length + reals.filter((p) => p > 0.5).length;
    return right / (2 * count);
  };
  let reached = 0;
  await play.until(size(3000, 30), async () => {
    reached = await accuracy();
    return reached > 0.99;
  });
  const norms = await play.look(feeds, ({ z }, trace) => {
    const fake = d.net(g.net(z!, trace.scope("g")), trace.scope("d"));
    const names = play.trainer.variables.of("g").map((v) => v.name);
    const norm = (loss: Tensor) =>
      ops.sqrt(
        grad(
          loss,
          names.map((n) => trace.read(n)),
        )
          .map((slope) => ops.sum(ops.square(slope)))
          .reduce((a, b) => ops.add(a, b)),
      );
    return {
      nonSaturating: norm(nonSaturating().generator({ real: fake, fake })),
      minimax: norm(minimax().generator({ real: fake, fake })),
    };
  });
  await play.dispose();
  const [ours, baseline] = [norms.nonSaturating![0]!, norms.minimax![0]!];
  return {
    "D accuracy when it has won": reached,
    "gradient ratio, non-saturating to minimax": ours / baseline,
    "non-saturating gradient norm": ours,
    "minimax gradient norm": baseline,
  };
}

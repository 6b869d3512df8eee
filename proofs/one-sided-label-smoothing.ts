import type { Tensor } from "../src/engine/ir/tensor.ts";
import * as ops from "../src/engine/ops/index.ts";
import { adversarial } from "../src/gan/adversarial.ts";
import type { Game } from "../src/gan/game.ts";
import { normal } from "../src/gan/latent.ts";
import { type LabelTargets, labelSmoothing } from "../src/gan/losses/label-smoothing.ts";
import { mlpDiscriminator } from "../src/gan/nets/mlp.ts";
import { adam } from "../src/nn/adam.ts";
import { module } from "../src/nn/module.ts";
import { cosine, steps } from "../src/nn/schedules.ts";
import { lay, Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

/** The data, N(4, 0.5²), and a frozen generator whose right side lies where there are none. */
const data = { mean: 4, deviation: 0.5 };
const frozen = { mean: 5, deviation: 0.7 };
const density = (x: number, { mean, deviation }: typeof data) =>
  Math.exp(-(((x - mean) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));

/** Where either density is within 2.5 deviations of its mean. */
const support = Array.from({ length: 1001 }, (_, i) => 2.75 + (i * (6.75 - 2.75)) / 1000);
/** Where only fakes are: p_d is below 1/3,000 of p_g, which is above a tenth of its peak. */
const beyond = support.filter(
  (x) =>
    density(x, data) < density(x, frozen) / 3000 &&
    density(x, frozen) > 0.1 * density(frozen.mean, frozen),
);

const optimum = (x: number, { real = 0.9, fake = 0 }: LabelTargets) => {
  const [pd, pg] = [density(x, data), density(x, frozen)];
  return (real * pd + fake * pg) / (pd + pg);
};

export const proof: Proof = {
  id: "one-sided-label-smoothing",
  claim: "D learns 0.9·p_d/(p_d + p_g); smoothing fakes too rewards them where there are no data",
  row: {
    family: "objective",
    mechanism: "D's target is 0.9 on data and 0 on fakes, so that D* = 0.9·p_d/(p_d + p_g)",
    parts: ["src/gan/losses/label-smoothing.ts"],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "max |D − D*|": { atMost: 0.03, because: "the row's bound, over the support" },
    "max D where only fakes are": {
      atMost: 0.02,
      because: "the row's bound; D* is below 0.0003 there",
    },
    "two-sided: min D where only fakes are": {
      atLeast: 0.05,
      because: "the row's bound on the flaw; D* is the fakes' target, 0.1",
    },
  },
  async run(context) {
    const figures: Record<string, number[]> = {};
    for (const seed of context.seeds) {
      const one = await against(context, seed, {});
      const two = await against(context, seed, { fake: 0.1 });
      const measured = {
        "max |D − D*|": one.error,
        "max D where only fakes are": Math.max(...one.beyond),
        "two-sided: min D where only fakes are": Math.min(...two.beyond),
        "two-sided: max |D − its D*|": two.error,
      };
      for (const [name, value] of Object.entries(measured)) {
        figures[name] = [...(figures[name] ?? []), value];
      }
      context.say(`seed ${seed} done`);
    }
    return figures;
  },
};

/** D alone against the frozen generator: its largest error, and what it says beyond the data. */
async function against(
  { provider, size }: ProofContext,
  seed: number,
  targets: LabelTargets,
): Promise<{ error: number; beyond: number[] }> {
  const laid = await lay({ system: "gan-vanilla", data: "gaussian-1d" });
  const moves = size(6000, 60);
  const discriminator = module("d", mlpDiscriminator({ hidden: [64, 64] }));
  const game = adversarial({
    field: "point",
    batch: size(1024, 64),
    latent: normal(1),
    generator: module("g", (z: Tensor) => ops.add(ops.mul(z, frozen.deviation), frozen.mean)),
    discriminator,
    loss: labelSmoothing(targets),
    optimise: { generator: adam(), discriminator: adam({ rate: cosine(3e-3, 0, steps(moves)) }) },
  });
  const alone: Game = { ...game, players: game.players.slice(0, 1) };
  const play = new Play({ ...laid, game: alone }, provider, seed);
  await play.until(moves);
  const says = async (points: readonly number[]) => {
    const x = { shape: [points.length, 1], data: play.seen(Float32Array.from(points)) };
    const { said } = await play.look({ x }, ({ x }, trace) => ({
      said: ops.sigmoid(discriminator.net(x!, trace.scope("d"))),
    }));
    return Array.from(said!);
  };
  const errors = (await says(support)).map((p, i) => Math.abs(p - optimum(support[i]!, targets)));
  const result = { error: Math.max(...errors), beyond: await says(beyond) };
  await play.dispose();
  return result;
}

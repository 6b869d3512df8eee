import { stream } from "../src/core/random.ts";
import { input, inputName } from "../src/engine/ir/leaves.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { toOnnx } from "../src/engine/onnx/model.ts";
import { program } from "../src/engine/program.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import type { Module } from "../src/nn/module.ts";
import { Trace } from "../src/nn/trace.ts";
import { garments, openJury } from "./_images.ts";
import { lay, Play, type Table } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

const batch = 16;
const latent = 8;
const smoke = ({ size }: ProofContext) => size(0, 1) === 1;

/** The plain game with one difference: `reference` rows of virtual batch norm, or 0 for batch norm. */
const options = (reference: number, width: number) => ({
  batch,
  latent,
  width,
  reference,
  rate: 1e-3,
  beta1: 0,
  featureMatching: 0,
  historicalAveraging: 0,
  kernels: 0,
  realTarget: 1,
});

export const proof: Proof = {
  id: "virtual-batch-norm",
  claim: "no image depends on its neighbours in the batch, and small batches train no worse for it",
  row: {
    family: "architecture",
    mechanism:
      "G's norms take the statistics of a reference batch fixed at the start and of x itself",
    parts: ["src/nn/virtual-batch-norm.ts", "src/zoo/improved-techniques.ts"],
  },
  seeds: [0, 1, 2, 3, 4],
  thresholds: {
    "change of G(z) by its neighbours": { atMost: 0, because: "the row's bound: bit for bit" },
    "batch norm: change of G(z) by its neighbours": {
      atLeast: 1e-3,
      because: "the row's bound, relative",
    },
    "seeds with FID* at most batch norm's": {
      atLeast: 3,
      because: "the row's bound, of 5 seeds",
    },
  },
  cause:
    "in the plain game at this scale virtual batch norm learns a little slower (mean FID* 18.4 and 17.0; " +
    "in an earlier record 17.8 and 18.1), so that a count over five seeds falls either way. In pilots of " +
    "seeds 100 to 102 it ends behind on all three with 32 reference rows (22.0, 20.4, 22.8 against 15.1, " +
    "15.2, 16.1) and less so with 128 (17.7, 20.2, 19.6), behind by the last weights too (40.7 and 28.6 " +
    "against 22.3 and 23.4), and no surer at smaller rates (64 rows, 3e-4: 28.8 and 22.2 against 23.5 " +
    "and 30.1; 128 rows, 2e-4: 36.6 and 38.1 against 30.6 and 31.8). With minibatch discrimination in " +
    "the discriminator the two are level (seeds 101 and 102, 64 rows: 6.4 and 7.2 against 6.8 and 6.8; " +
    "seed 101, 128 rows, 2,000 steps: 4.4 against 4.5); trained longer with it (seeds 100 to 102, 64 " +
    "rows, 8 kernels), it is behind after 4,000 steps (3.4, 3.7, 3.6 against 3.2, 3.0, 3.1) and in two " +
    "of three after 6,000 (3.1, 3.4, 2.8 against 2.8, 2.2, 3.1), and with R1 of weight 0.1 instead (seed " +
    "100: 12.8 against 10.8 after 3,000). By the weights of the last ticks, with 8 kernels, it is " +
    "steadier and ahead in the mean of seeds 100 to 104 after 3,000 steps, 9.5 against 10.8, but in " +
    "three seeds of five only (10.8, 9.1, 8.7, 8.9, 9.8 against 13.2, 8.1, 10.4, 12.7, 9.5), which is no " +
    "surer: no record was made of it. At three times the rate, averaged, it is behind (seeds 100 and " +
    "101, 3,000 steps: 9.3 and 6.8 against 7.0 and 5.8). We believe that batch norm, which gives the " +
    "channels of every batch of fakes variance 1, keeps a batch spread where nothing else does; the " +
    "reference rows are never judged",
  history:
    "a first run of the same seeds had a weight average that still held first weights, which batch " +
    "norm's running statistics do not fit: FID* 28 for virtual batch norm against 300. The average now " +
    "has a ramp, all else equal; what is left of the lead is three seeds in five, the bound itself. That " +
    "record passed; run again after nine hours of work on the engine, the same seeds train to other " +
    "figures and two of five are lower: those are the figures now",
  async run(context) {
    const { provider, size, seeds } = context;
    const pictures = garments(16, { smoke: smoke(context) });
    const jury = await openJury(provider, { pictures, count: size(2000, 20) });
    const rows: { change: number[]; fid: number[] } = { change: [], fid: [] };
    const baseline: typeof rows = { change: [], fid: [] };
    for (const seed of seeds) {
      for (const [reference, to] of [
        [32, rows],
        [0, baseline],
      ] as const) {
        const laid = await lay({
          system: "improved-techniques",
          ...pictures,
          options: options(reference, size(16, 2)),
        });
        const play = new Play(laid, provider, seed);
        await play.until(size(1200, 3));
        to.change.push(await neighbourhood(play, laid, provider, seed));
        to.fid.push(await jury.fid(play, seed));
        await play.dispose();
      }
      context.say(`seed ${seed}: FID* ${rows.fid.at(-1)}, by batch norm ${baseline.fid.at(-1)}`);
    }
    await jury.dispose();
    return {
      "change of G(z) by its neighbours": rows.change,
      "batch norm: change of G(z) by its neighbours": baseline.change,
      "seeds with FID* at most batch norm's": rows.fid.filter((f, i) => f <= baseline.fid[i]!)
        .length,
      "FID*": rows.fid,
      "batch norm: FID*": baseline.fid,
    };
  },
};

/**
 * ‖G(z₀) − G'(z₀)‖/‖G(z₀)‖, as the net computes it in training, where the fifteen codes beside z₀
 * are others the second time.
 */
async function neighbourhood(play: Play, laid: Table, provider: Provider, seed: number) {
  const g = laid.game.players[1]!.owns[0] as unknown as Module<Tensor, Tensor>;
  const trace = new Trace(play.trainer.variables, { training: true });
  const made = program({ made: g.net(input("z", [batch, latent]), trace.scope(g.name)) });
  const session = await provider.create(toOnnx(made, { target: provider.target }));
  const weights = made.inputs.map((leaf) => inputName(leaf)!).filter((name) => name !== "z");
  const first = async (z: Float32Array) => {
    const feeds = Object.fromEntries(weights.map((name) => [name, play.trainer.value(name)]));
    const z0 = provider.value("f32", [batch, latent], z);
    const results = await session.run({ ...feeds, z: z0 });
    const images = (await results.made!.data()) as Float32Array;
    return images.slice(0, images.length / batch);
  };
  const codes = stream(seed, "proof/z").normal(new Float32Array(2 * batch * latent));
  const [one, other] = [codes.slice(0, batch * latent), codes.slice(batch * latent)];
  other.set(one.subarray(0, latent));
  const [a, b] = [await first(one), await first(other)];
  await session.dispose();
  const norm = (v: Float32Array) => Math.sqrt(v.reduce((s, x) => s + x * x, 0));
  return norm(a.map((x, i) => x - b[i]!)) / norm(a);
}

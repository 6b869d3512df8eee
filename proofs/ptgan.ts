import { stream } from "../src/core/random.ts";
import { tabSynthetic } from "../src/data/sources/tab-synthetic.ts";
import { rounded, tabColumns } from "../src/data/tab.ts";
import { grad } from "../src/engine/autodiff/grad.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import * as ops from "../src/engine/ops/index.ts";
import type { Game } from "../src/gan/game.ts";
import { withTemperature } from "../src/gan/tempering.ts";
import { type ModeReport, modeReport } from "../src/metrics/modes.ts";
import type { Module } from "../src/nn/module.ts";
import type { Trace } from "../src/nn/trace.ts";
import { lay, Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";
import { downstream, meanDownstream, twoSampleAccuracy } from "./_table-judges.ts";

/** Both sides: the same nets, rates, batch and moves; each with its paper's own penalty. */
const shared = { width: 64, batch: 128, rate: 1e-3, criticRate: 1e-3, beta1: 0, criticMoves: 1 };
/**
 * Weight 1 of WGAN-GP is what its preset for this grid takes, at half its size; at a quarter it is too much:
 * 8,000 steps left 1 and 18 modes (seeds 100 and 101), where 0.1 left 21 and 24; 0.03 is slower again.
 */
const plain = { ...shared, penalty: 0.1 };
/**
 * The critic keeps more of its slope than at the default weight of 100, which in the first run left rows
 * of the table told from data in 70 % after 2,000 steps: weights of 1, 3 and 10 left 71, 67 and 64 %,
 * where the plain critic left 81 % (pilots, means of seeds 100 to 102).
 */
const tempered = { share: 0.9, coherency: 10 };
/**
 * Rows are mixed across groups, mostly. On seeds 101 to 103 α = 0.6, 0.65 and 0.7 left at most 0.27, 0.36
 * and 0.53 of the gap and lost at most 2.0, 1.5 and 1.2 points, by the mean of four late moments: the
 * second. Of rows mixed from the data themselves 0.65 leaves 0.31 (and 0.31) and loses 0.6 (and 1.3).
 */
const fair = { ...tempered, share: 0.2, groupColumn: tabColumns.group, sampleAt: 0.65 };

/**
 * Of all samples, as many must be near a mode for it to count: a tenth of its share. By one sample of
 * 5,000 what lies between modes hits most of them by chance.
 */
const floor = 1 / 250;

export const proof: Proof = {
  id: "ptgan",
  claim: "tempering steadies the generator's gradient, keeps all modes, and mixes groups fairly",
  row: {
    family: "objective",
    mechanism:
      "x^α = αx₁ + (1 − α)x₂ between two rows, α = 1 or U(0,1); D(x,α), G(z,α); coherency along α",
    parts: [
      "src/gan/tempering.ts",
      "src/gan/terms/coherency.ts",
      "src/data/sources/tab-synthetic.ts",
    ],
  },
  seeds: [40, 41, 42],
  thresholds: {
    "variance of G's gradient, plain / tempered": {
      atLeast: 2,
      because: "the row's bound, taken literally: most of it is the smaller scale of the critic",
    },
    "modes of 25": { atLeast: 25, because: "the row's bound" },
    "plain: modes of 25, median": {
      atMost: 20,
      because: "the row's bound; against a critic at rates and a penalty that suit it",
    },
    "two-sample accuracy after 2000 steps, plain − tempered": {
      atLeast: 0.03,
      because:
        "the row's bound, 3 points, while the plain rows can still be told by more than that",
    },
    "fair / plain parity gap": { atMost: 0.5, because: "the row's bound: halved" },
    "accuracy lost by fairness": { atMost: 0.02, because: "the row's bound: 2 points" },
  },
  cause:
    "5 of 6 bounds hold: ours has all modes, gap and accuracy keep theirs with the same α on each seed. " +
    "But a plain critic whose penalty suits the scale is not stuck: 25, 24 and 24 modes (pilots: 24 and " +
    "25 after 6,500 steps, about when ours has them all), if with 45 to 50 % of samples near one where " +
    "ours has 76 to 82 %. At its preset's penalty, too much for this scale, it has 20, 20 and 21, which " +
    "would keep the bound and is reported, but is a plain critic at a disadvantage. No setting was found " +
    "that parts them (pilots of seeds 100 and 101): with modes half as wide ours has 24 and 23 after " +
    "8,000 steps, 24 and 24 after 10,000, 24 and 25 after 12,000, plain 14 and 14, 19 and 21, 24 and 25, " +
    "so that it is 2,000 steps behind and no moment has ours complete and plain at 20. On seed 100 " +
    "alone, plain's penalty 0.1: at three times the rates ours has 25 after 6,000 steps and plain 25 " +
    "after 5,000; batches of 32 leave both none; by last weights, not their average, plain stays at 13 " +
    "to 18 up to 12,000 steps, but ours moves between 7 and 25 from moment to moment (coherency 2, 10 or " +
    "100); a coherency of 2 has all at 7,000, as 10 has. With modes half as wide and batches of 256, " +
    "ours has all 25 after 10,000 steps on both seeds, plain 24 and 25 (at 0.3: 25, after 8,000). We " +
    "believe that both learn the grid alike and that tempering quickens it by a fifth at most",
  history:
    "a first run, of seeds 0 to 2 at width 64 and a coherency weight of 100, missed. Its grid was too " +
    "easy for the plain critic (3, 19 and 25 modes after 6,000 steps, ours 25 thrice): nets had half the " +
    "width there then and 4,000 steps, where pilots of the plain game (seeds 100 to 103) had 9, 15, 19 " +
    "and 20 modes, and the bound is on its median. At the end of 5,000 steps on the table plain rows " +
    "were told from data in 51 to 55 %, so that rows can hardly be nearer 50 % by 3 points: the bound is " +
    "on the comparison after 2,000 steps, which was reported before; the end is reported now. The weight " +
    "is 10. The variance relative to the mean gradient, 0.01 to 0.6 there, had a bound of ours beyond " +
    "the row's and is reported now: it is low where a plain generator sits in few modes, far from its " +
    "data, so that along each player's own way it does not favour the better one. A second run, of seeds " +
    "20 to 22, missed three bounds. On the grid (width 32, half size) plain had 22, 23 and 22 modes, " +
    "ours 25, 24, 24, counted from one sample of 5,000 on, which bad samples (6 to 13 % near a mode) " +
    "reach by chance; and α = 0.7 left 0.64, 0.67 and 0.01 of the gap, by one generator at one moment. A " +
    "mode needs a tenth of its share of the samples now, nets have their full width and 8,000 steps, the " +
    "grid is as large as pictures are (pilots of ours, seeds 100 and 101: all 25 with at least 2.9 times " +
    "that floor), and plain's penalty suits that size; α is 0.65, and gap and accuracy are means over " +
    "four late moments (seeds 101 to 103: 0.30 to 0.36 of the gap, 1.0 to 1.5 points). Seeds are new",
  async run(context) {
    const figures: Record<string, number[]> = {};
    for (const seed of context.seeds) {
      const parts = { ...(await onGrid(context, seed)), ...(await onTable(context, seed)) };
      for (const [name, value] of Object.entries(parts)) {
        figures[name] ??= [];
        figures[name].push(value);
      }
      context.say(`seed ${seed} done`);
    }
    const median = medianOf(figures["plain: modes of 25"]!);
    return { ...figures, "plain: modes of 25, median": median };
  },
};

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

interface GridRun {
  readonly spreads: readonly Spread[];
  readonly report: ModeReport;
  /** Modes that count. */
  readonly kept: number;
}

/** One system on the grid, in a square of side 2 as pictures are; measured at four moments. */
async function gridRun(
  { provider, size }: ProofContext,
  seed: number,
  system: "ptgan" | "wgan-gp",
  options: object,
): Promise<GridRun> {
  const laid = await lay({
    system,
    data: "grid25",
    dataOptions: { scale: 0.25 },
    options: { ...options, width: size(shared.width, 8) },
  });
  const play = new Play(laid, provider, seed);
  const spreads: Spread[] = [];
  for (const steps of [2000, 4000, 6000, 8000]) {
    await play.until(size(steps, steps / 400));
    spreads.push(await gradientSpread(play, laid.game, seed, size(24, 3)));
  }
  const count = size(5000, 100);
  const report = modeReport(await play.samples(count, seed), laid.source.oracle!);
  await play.dispose();
  return { spreads, report, kept: report.perMode.filter((n) => n >= floor * count).length };
}

/** (a) Modes at the end, and the variance of the generator's gradient on the way there. */
async function onGrid(context: ProofContext, seed: number) {
  const ours = await gridRun(context, seed, "ptgan", { ...shared, ...tempered });
  const other = await gridRun(context, seed, "wgan-gp", plain);
  const stuck = await gridRun(context, seed, "wgan-gp", { ...plain, penalty: 1 });
  const ratio = (of: (s: Spread) => number) =>
    Math.exp(
      other.spreads.reduce((sum, s, i) => sum + Math.log(of(s) / of(ours.spreads[i]!)), 0) /
        other.spreads.length,
    );
  return {
    "variance of G's gradient, plain / tempered": ratio((s) => s.variance),
    "the same, both relative to ‖mean gradient‖²": ratio((s) => s.variance / s.signal),
    "modes of 25": ours.kept,
    "plain: modes of 25": other.kept,
    "plain at the preset's penalty: modes of 25": stuck.kept,
    "modes that any sample is near": ours.report.hit,
    "plain: modes that any sample is near": other.report.hit,
    "share within 3σ": ours.report.highQuality,
    "plain: share within 3σ": other.report.highQuality,
  };
}

interface Spread {
  /** Trace of the covariance of the gradient of a batch's loss by the generator's parameters. */
  readonly variance: number;
  /** ‖E gradient‖², less what the variance adds to its estimate. */
  readonly signal: number;
}

/** Over `batches` fresh batches, against the critic as it is now; tempered as in training. */
async function gradientSpread(
  play: Play,
  game: Game,
  seed: number,
  batches: number,
): Promise<Spread> {
  const { batch } = game;
  const isTempered = game.players[0]!.terms!.some((term) => term.id === "coherency");
  const random = stream(seed, "proof/gradient", play.trainer.step);
  const z = random.normal(new Float32Array(batches * batch * 2));
  const [kept, drawn] = [0, 1].map(() => random.uniform(new Float32Array(batches * batch)));
  const alpha = drawn!.map((a, i) => (kept![i]! < tempered.share ? 1 : a));
  const feeds = {
    z: { shape: [batches, batch, 2], data: z },
    ...(isTempered && { alpha: { shape: [batches, batch], data: alpha } }),
  };
  const names = play.trainer.variables.of("g").map((v) => v.name);
  const looked = await play.look(feeds, ({ z, alpha }, trace) => {
    const alphas = alpha && ops.unstack(alpha);
    const gradients = ops.unstack(z!).map((codes, i) =>
      grad(
        generatorLoss(game, trace, codes, alphas?.[i]),
        names.map((n) => trace.read(n)),
      ),
    );
    const squareOf = (g: Tensor[]) =>
      g.map((t) => ops.sum(ops.square(t))).reduce((a, b) => ops.add(a, b));
    const total = gradients.reduce((a, b) => a.map((t, k) => ops.add(t, b[k]!)));
    return { each: ops.stack(gradients.map(squareOf)), total: squareOf(total) };
  });
  const square = looked.each!.reduce((a, b) => a + b, 0) / batches;
  const ofMean = looked.total![0]! / batches ** 2;
  const variance = ((square - ofMean) * batches) / (batches - 1);
  return { variance, signal: Math.max(ofMean - variance / batches, 1e-3 * ofMean) };
}

function generatorLoss(game: Game, trace: Trace, codes: Tensor, alpha: Tensor | undefined) {
  const [d, g] = game.players.map((p) => p.owns[0] as unknown as Module);
  const at = (x: Tensor) => (alpha ? withTemperature(x, alpha) : x);
  const fake = g!.net(at(codes), trace.scope("g"));
  return ops.neg(ops.mean(d!.net(at(fake), trace.scope("d"))));
}

/** Steps after which rows are made: what a classifier learns from one generator moves with each step. */
const late = [3500, 4000, 4500, 5000];

interface Made {
  /** After 2,000 steps. */
  readonly soon: Float32Array;
  readonly late: readonly Float32Array[];
}

/** Rows that a system trained on the table makes, soon and towards the end. */
async function tableRows(
  { provider, size }: ProofContext,
  seed: number,
  system: "ptgan" | "wgan-gp",
  options: object,
): Promise<Made> {
  const asked = { ...shared, width: size(64, 8), latent: 8, ...options };
  const laid = await lay({ system, data: "tab-synthetic", options: asked });
  const play = new Play(laid, provider, seed);
  const count = size(10_000, 200);
  await play.until(size(2000, 10));
  const soon = await play.samples(count, seed);
  const made: Float32Array[] = [];
  for (const steps of late.slice(size(0, 3))) {
    await play.until(size(steps, steps / 250));
    made.push(await play.samples(count, seed));
  }
  await play.dispose();
  return { soon, late: made };
}

/** (b) How well a fresh classifier tells rows from data, and (c) how fair those trained on them are. */
async function onTable(context: ProofContext, seed: number) {
  const own = await tableRows(context, seed, "ptgan", tempered);
  const other = await tableRows(context, seed, "wgan-gp", { penalty: 1 });
  const mixed = await tableRows(context, seed, "ptgan", fair);
  const source = tabSynthetic.open();
  const count = context.size(10_000, 200);
  const [held, taught] = [1, 2].map(
    (k) => source.batch(0, count, seed + 1_000_000 * k).point as Float32Array,
  ) as [Float32Array, Float32Array];
  const told = (made: Float32Array) => twoSampleAccuracy(context, held, rounded(made), seed);
  const [soon, plainSoon] = [await told(own.soon), await told(other.soon)];
  const [ours, theirs] = [await told(own.late.at(-1)!), await told(other.late.at(-1)!)];
  const taughtBy = (made: Made, drawn?: number) =>
    meanDownstream(
      context,
      made.late.map((rows) => rounded(rows, drawn)),
      held,
      seed,
    );
  const [fromPlain, fromFair] = [await taughtBy(own), await taughtBy(mixed, seed)];
  const fromData = await downstream(context, taught, held, seed);
  return {
    "two-sample accuracy after 2000 steps, plain − tempered": plainSoon - soon,
    "two-sample accuracy": ours,
    "plain: two-sample accuracy": theirs,
    "two-sample accuracy after 2000 steps": soon,
    "plain: two-sample accuracy after 2000 steps": plainSoon,
    "fair / plain parity gap": fromFair.gap / fromPlain.gap,
    "accuracy lost by fairness": fromPlain.accuracy - fromFair.accuracy,
    "parity gap, fair": fromFair.gap,
    "parity gap, plain": fromPlain.gap,
    "accuracy, fair": fromFair.accuracy,
    "accuracy, plain": fromPlain.accuracy,
    "parity gap, trained on data": fromData.gap,
    "accuracy, trained on data": fromData.accuracy,
  };
}

import { onRoll, rollAngles } from "../src/data/roll.ts";
import { modeReport } from "../src/metrics/modes.ts";
import { lay, Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

/** Sizes and moves of both methods, on eight modes and on the grid. */
const shared = { width: 64, batch: 128, averageHalfLife: 10_000, criticMoves: 2, rate: 1e-3 };
const large = { width: 128, batch: 256, averageHalfLife: 50_000 };

/** A pilot of seed 100: the penalty of 1 finds 2 of 8 modes 0.02 wide in 3,000 ticks, 0.1 all 8. */
const ours = { ...shared, penalty: 0.1, criticRate: 2e-3, beta1: 0, beta2: 0.99 };

/**
 * The preset `grid25`. Pilots of seeds 0 to 2 chose it: 25 modes, HQ 0.80 to 0.94 at 14,000 ticks, 0.96
 * at 18,000. The paper's penalty of 10 has found 2 modes at 8,000; its five critic moves per generator
 * move reach HQ 0.13 at 9,000; 0.1 reaches 0.26 at 8,000. Rates that fall to 0 over 10,000 ticks, in a
 * first run of seed 3, left HQ at 0.34: most of the way is made at full rate.
 */
const onTheGrid = { ...shared, ...large, penalty: 1, criticRate: 1e-3, beta1: 0, beta2: 0.9 };

/**
 * Clipping gets the same nets and moves, at the rate that was the best of 3e-4 and 1e-3, with the
 * paper's bound; on eight modes the better of it and 0.1, for nets this narrow.
 */
const bounds = [0.01, 0.1] as const;
const clipping = (clip: number) => ({ ...shared, latent: 2, criticRate: 1e-3, clip });

/** Clipping as its paper has it, for what becomes of the weights. */
const asPublished = {
  ...shared,
  latent: 2,
  clip: bounds[0],
  depth: 3,
  criticMoves: 5,
  rate: 5e-5,
  criticRate: 5e-5,
};

/**
 * Samples of 2,500 that make a mode hit. Points strewn over the grid at random put one or two within 3σ
 * of each mode: in a run of seed 5 clipping "hit" 19 modes so, at HQ 0.016.
 */
const enough = 10;

/** What a critic should survive. None has batch norm; ReLU or tanh, three or twelve hidden layers. */
const variants = [{ depth: 3 }, { depth: 3, activation: "tanh" }, { depth: 12 }] as const;

export const proof: Proof = {
  id: "wgan-gp",
  claim: "the gradient penalty finds every mode, in nets that clipped weights cannot train",
  row: {
    family: "objective",
    mechanism: "E f(G(z)) − E f(x) + λ·E(‖∇f(x̂)‖ − 1)², x̂ uniform on segments from data to fakes",
    parts: [
      "src/gan/penalties/gradient-penalty.ts",
      "src/zoo/wgan-gp.ts",
      "src/data/sources/swiss-roll.ts",
    ],
  },
  // Seeds that no pilot has seen.
  seeds: [20, 21],
  thresholds: {
    "grid: modes hit of 25": { atLeast: 25, because: "the row's bound, in 2,500 samples" },
    "grid: HQ share": { atLeast: 0.8, because: "the row's bound; perfect samples have 0.989" },
    "clipping, grid: modes hit": {
      atMost: 18,
      because: "the row's bound, at the paper's c = 0.01",
    },
    "swiss roll: share of clipped weights at ±c": {
      atLeast: 0.7,
      because: "the row's bound, with clipping as published; 0.97 in a pilot (seed 100)",
    },
    "swiss roll: share of weights at their layer's extreme": {
      atMost: 0.05,
      because: "the row's bound",
    },
    "variants that train, of 3": { atLeast: 3, because: "the row's bound: all of them" },
    "clipping: variants that train, of 3": { atMost: 2, because: "the row's bound: one fails" },
  },
  history:
    "a first run, of seeds 3 and 4, 10,000 ticks at rates that fell to 0, missed: HQ 0.34 and 0.81, 24 " +
    "and 25 modes; 62 and 64 % of clipped weights at ±c on the grid; clipping at the better of two " +
    "bounds touched 23 and 20 modes at HQ 0.13 and 0.12, more by chance than by learning: a mode now " +
    "needs ten samples. A second one, of seeds 7 and 8, at constant rates throughout and 18,000 ticks on " +
    "the grid, held all 25 modes at HQ 0.95 and missed two bounds: 0.05 % of clipped weights were at ±c, " +
    "at a rate 20 times that of clipping's paper, and twelve layers did not settle on the ring. Now " +
    "rates fall on the ring and the roll as in the first run, and weights are looked at on the roll with " +
    "clipping as published. A third run, of seeds 9 and 10, so held every bound but one: in 3,000 ticks " +
    "twelve layers reached HQ 0.21 and 0.17 on the ring, the latter in fewer than seven modes, slow but " +
    "not stuck. Every variant of either method now has 8,000 ticks there, and seeds are fresh",
  async run(context) {
    const figures: Record<string, number[]> = {};
    for (const seed of context.seeds) {
      const row = {
        ...(await onGrid(context, seed)),
        ...(await onVariants(context, seed)),
        ...(await onSwissRoll(context, seed)),
      };
      for (const [name, value] of Object.entries(row)) {
        figures[name] ??= [];
        figures[name].push(value);
      }
      context.say(`seed ${seed}: ${JSON.stringify(row)}`);
    }
    return figures;
  },
};

interface Run {
  readonly system: "wgan-gp" | "wgan-clip";
  readonly data: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly ticks: number;
  /** Rates fall to 0 by the last tick. */
  readonly settles?: boolean;
}

/** A run at half size, near what nets are initialised for. */
async function train({ provider, size }: ProofContext, seed: number, run: Run) {
  const ticks = size(run.ticks, 20);
  const { system, data, settles = false } = run;
  const options = { ...run.options, ...(settles && { decay: ticks }) };
  const laid = await lay({ system, data, options, dataOptions: { scale: 0.5 } });
  const play = new Play(laid, provider, seed);
  await play.until(ticks);
  const points = await play.samples(size(2500, 100), seed);
  const report = laid.source.oracle && modeReport(points, laid.source.oracle);
  const extremes = await shareAtExtremes(play);
  await play.dispose();
  const hit = report?.perMode.filter((n) => n >= size(enough, 1)).length ?? 0;
  return { points, hit, highQuality: report?.highQuality ?? 0, extremes };
}

/** The same with clipped weights, at either bound; in a smoke run one stands for both. */
async function clippedRuns(context: ProofContext, seed: number, run: Omit<Run, "system">) {
  const at = (bound: number) => {
    const options = { ...clipping(bound), ...run.options };
    return train(context, seed, { ...run, system: "wgan-clip", options });
  };
  const paper = await at(bounds[0]);
  const loose = context.size(1, 0) === 0 ? paper : await at(bounds[1]);
  return [paper, loose] as const;
}

/** Share of the critic's weights within 0.1 % of the largest of their matrix. */
async function shareAtExtremes({ trainer }: Play): Promise<number> {
  let [all, extreme] = [0, 0];
  for (const { name } of trainer.variables.of("d")) {
    if (!name.endsWith(".weight")) continue;
    const sizes = Array.from(await trainer.value(name).data(), Math.abs);
    const largest = sizes.reduce((a, b) => Math.max(a, b), 0);
    all += sizes.length;
    extreme += sizes.filter((v) => v >= 0.999 * largest).length;
  }
  return extreme / all;
}

/** 25 modes: what either method finds, and what its weights are like. */
async function onGrid(context: ProofContext, seed: number): Promise<Record<string, number>> {
  const run = { data: "grid25", ticks: 18_000 };
  const gp = await train(context, seed, { ...run, system: "wgan-gp", options: onTheGrid });
  const clipped = { ...run, options: { ...large, depth: 3 } };
  const options = { ...clipping(bounds[0]), ...clipped.options };
  const paper = await train(context, seed, { ...run, system: "wgan-clip", options });
  return {
    "grid: modes hit of 25": gp.hit,
    "grid: HQ share": gp.highQuality,
    "clipping, grid: modes hit": paper.hit,
    "clipping, grid: HQ share": paper.highQuality,
  };
}

/**
 * Eight modes, in each variant. It trains when it hits 7 and one sample in ten is within 3σ = 0.06 of
 * a centre. In pilots of seeds 100 to 102 twelve layers had 7 or 8 and 0.54 to 0.90 after 6,000 ticks.
 */
async function onVariants(context: ProofContext, seed: number): Promise<Record<string, number>> {
  const run = { data: "ring8", ticks: 8000, settles: true };
  const trained = { gp: 0, clip: 0 };
  const quality = { gp: [] as number[], clip: [] as number[] };
  for (const variant of variants.slice(0, context.size(3, 1))) {
    const options = { ...ours, ...variant };
    const gp = await train(context, seed, { ...run, system: "wgan-gp", options });
    if (trains(gp)) trained.gp += 1;
    quality.gp.push(gp.highQuality);
    const clipped = await clippedRuns(context, seed, { ...run, options: variant });
    if (clipped.some(trains)) trained.clip += 1;
    quality.clip.push(Math.max(...clipped.map((c) => c.highQuality)));
  }
  return {
    "variants that train, of 3": trained.gp,
    "clipping: variants that train, of 3": trained.clip,
    "ring, ReLU: HQ share": quality.gp[0]!,
    "ring, tanh: HQ share": quality.gp[1] ?? 0,
    "ring, 12 layers: HQ share": quality.gp[2] ?? 0,
    "clipping, ring: largest HQ share": Math.max(...quality.clip),
  };
}

const trains = ({ hit, highQuality }: { hit: number; highQuality: number }) =>
  hit >= 7 && highQuality >= 0.1;

/** The roll, of deviation 0.05: samples within 3σ of it, and how much of its length they cover. */
async function onSwissRoll(context: ProofContext, seed: number): Promise<Record<string, number>> {
  const run = { data: "swiss-roll", ticks: 3000, settles: true } as const;
  const gp = await train(context, seed, { ...run, system: "wgan-gp", options: ours });
  const clip = await train(context, seed, { ...run, system: "wgan-clip", options: asPublished });
  const { points } = gp;
  const [inner, outer] = rollAngles;
  const stations = Array.from({ length: 300 }, (_, i) =>
    onRoll(inner + ((outer - inner) * (i + 0.5)) / 300),
  );
  const covered = new Set<number>();
  let near = 0;
  for (let p = 0; p < points.length; p += 2) {
    const distances = stations.map(([x, y]) => Math.hypot(points[p]! - x, points[p + 1]! - y));
    const least = Math.min(...distances);
    if (least > 0.15) continue;
    near += 1;
    covered.add(Math.floor(distances.indexOf(least) / 10));
  }
  return {
    "swiss roll: share within 3σ": near / (points.length / 2),
    "swiss roll: share of its length covered": covered.size / 30,
    "swiss roll: share of weights at their layer's extreme": gp.extremes,
    "swiss roll: share of clipped weights at ±c": clip.extremes,
  };
}

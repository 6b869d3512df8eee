import { loadSystem, systemIds } from "../src/app/config.ts";
import { type Cell, runStudy, type Scores, type Trained } from "../src/app/study.ts";
import { GanymedeError } from "../src/core/errors.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import { spread } from "../src/metrics/bootstrap.ts";
import { imageSide } from "../src/metrics/evidence.ts";
import type { Extractor } from "../src/metrics/extractor.ts";
import { openExtractor } from "../src/metrics/extractor-file.ts";
import type { Metric, Side } from "../src/metrics/metric.ts";
import { spearman } from "../src/metrics/rank.ts";
import { coverage } from "../src/metrics/scores/coverage.ts";
import { density } from "../src/metrics/scores/density.ts";
import { fid } from "../src/metrics/scores/fid.ts";
import { improvedPrecision } from "../src/metrics/scores/improved-precision.ts";
import { improvedRecall } from "../src/metrics/scores/improved-recall.ts";
import { kid } from "../src/metrics/scores/kid.ts";
import { slicedWasserstein } from "../src/metrics/scores/sliced-wasserstein.ts";
import { combinations, gameOf, pictures } from "../test/contracts/_combination.ts";
import { garments, openPictures, type Pictures } from "./_images.ts";
import { lay, Play, type Table } from "./_play.ts";
import { type Figure, type Proof, type ProofContext, resultFile } from "./_proof.ts";

const side = 16;
const plain = { batch: 64, latent: 32, width: 16, averageHalfLife: 10_000 };
const rates = { generatorRate: 5e-4, discriminatorRate: 5e-4 };
const critic = { rate: 5e-4, criticRate: 5e-4, criticMoves: 2 };
const once = { discriminatorMoves: 1 };

/** Eight of StudioGAN's representative GANs, at rates that other proofs found right for these sizes. */
const gans: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  dcgan: { ...plain, ...rates, discriminatorWidth: 16 },
  lsgan: { ...plain, ...rates },
  "geometric-gan": { ...plain, ...rates, ...once },
  dragan: { ...plain, ...rates },
  "wgan-clip": { ...plain, ...critic, clip: 0.05 },
  "wgan-gp": { ...plain, ...critic },
  sngan: { ...plain, ...rates, ...once, nets: "plain" },
  biggan: { ...plain, ...rates, ...once, width: 4, shared: 16 },
};

/** All that look at features alone: IS* needs a classifier of the data, and intra-FID* their classes. */
const metrics: readonly Metric[] = [
  fid,
  kid,
  improvedPrecision,
  improvedRecall,
  density,
  coverage,
  slicedWasserstein,
];

/** Classifiers of digits and of garments, and an auto-encoder of both that knew no labels. */
const backbones = ["digits", "garments", "encoder"] as const;
const couples = [
  ["digits", "garments"],
  ["digits", "encoder"],
  ["garments", "encoder"],
] as const;

const correlation = (metric: Metric): string =>
  `${metric.id}: rank correlation of ${couples.map((pair) => pair.join(" and ")).join(", of ")}`;

const survived = "the row's bound: all survive 40 ticks";

export const proof: Proof = {
  id: "studiogan",
  claim:
    "every part of the taxonomy goes with every other that it can go with; nets of different schooling " +
    "rank GANs alike. The style architectures are pending",
  row: {
    family: "evaluation",
    mechanism:
      "a covering set of combinations of conditionings, losses, penalties, ways, augmentations and " +
      "backbones; eight GANs, seven metrics and three nets that make features, under one protocol",
    parts: ["src/gan/adversarial.ts", "src/app/study.ts", "src/metrics/rank.ts"],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "combinations of parts that do not reach tick 40": { atMost: 0, because: survived },
    "systems of the zoo that do not reach tick 40": { atMost: 0, because: survived },
    [correlation(fid)]: { atLeast: 0.7, because: "the row's bound, for each pair of nets" },
  },
  history:
    "no pilot. BigGAN was scored once its averaged net was mended, and again once its class vectors began " +
    "orthogonal; the other cells were not touched by that",
  async run(context) {
    const covered = await coveringSet(context);
    context.say(JSON.stringify(covered));
    return { ...covered, ...(await benchmark(context)) };
  },
};

/** How many combinations and systems there are at tiny size, and how many meet what is not finite. */
async function coveringSet({ provider, size, say }: ProofContext): Promise<Record<string, number>> {
  const lost: Record<string, string[]> = { combinations: [], systems: [] };
  const ticks = size(40, 1);
  const rows = combinations.slice(-size(combinations.length, 1));
  for (const row of rows) {
    const table = { game: gameOf(row), source: pictures, chunk: 10 };
    if (await survives(provider, table, ticks)) continue;
    lost.combinations!.push(Object.values(row).join(" + "));
  }
  const ids = systemIds().slice(-size(systemIds().length, 1));
  for (const system of ids) {
    const { tiny } = await loadSystem(system);
    if (!(await survives(provider, await lay({ system, options: tiny }), ticks))) {
      lost.systems!.push(system);
    }
  }
  for (const name of Object.values(lost).flat()) say(`does not survive: ${name}`);
  return {
    "combinations of parts": rows.length,
    "combinations of parts that do not reach tick 40": lost.combinations!.length,
    "systems of the zoo": ids.length,
    "systems of the zoo that do not reach tick 40": lost.systems!.length,
  };
}

/** Whether all losses, parameters and states stay finite. */
async function survives(provider: Provider, table: Table, ticks: number): Promise<boolean> {
  const play = new Play(table, provider, 0);
  try {
    await play.until(ticks);
    return true;
  } catch (error) {
    if (error instanceof GanymedeError && error.code === "NON_FINITE") return false;
    throw error;
  } finally {
    await play.dispose();
  }
}

/** Every GAN's scores by every net, and how alike the nets rank them. */
async function benchmark(context: ProofContext): Promise<Record<string, Figure>> {
  const { provider, seeds, size, say } = context;
  const smoke = size(0, 1) === 1;
  const asked = garments(side, { smoke });
  const panel = await openPanel(context, asked);
  const names = Object.keys(gans).slice(0, size(8, 2));
  const file = resultFile("studiogan").replace(/json$/, "cells.json");
  const cells = names.flatMap((name) => seeds.map((seed) => cellOf(name, asked, seed, context)));
  const results = await runStudy({
    cells,
    provider,
    score: (trained) => panel.score(trained),
    ...(!smoke && { file }),
    onCell: (id, { scores, failed }, done) =>
      say(`${done}/${cells.length} ${id} ${failed ?? JSON.stringify(scores)}`),
  });
  await panel.dispose();
  /** Mean over seeds; a training that met what is not finite is worse than any other. */
  const mean = (name: string, { id, better }: Metric, backbone: string) =>
    spread(
      seeds.map(
        (seed) =>
          results.get(`${name}/${seed}`)!.scores?.[`${id} by ${backbone}`] ??
          (better === "lower" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY),
      ),
    ).mean;
  const ranked = metrics.map((metric) => [
    correlation(metric),
    couples.map((pair) => {
      const [a, b] = pair.map((backbone) => names.map((name) => mean(name, metric, backbone)));
      return alike(a!, b!);
    }),
  ]);
  const values = names.flatMap((name) =>
    metrics.map((metric) => [
      `${name}: ${metric.id} by ${backbones.join(", ")}`,
      backbones.map((backbone) => mean(name, metric, backbone)),
    ]),
  );
  return Object.fromEntries([...ranked, ...values]);
}

/** Spearman's correlation; 0 where one side ranks nothing. */
const alike = (a: readonly number[], b: readonly number[]): number =>
  [a, b].some((list) => list.every((v) => v === list[0])) ? 0 : spearman(a, b);

function cellOf(
  system: string,
  { data, dataOptions }: Pictures,
  seed: number,
  { size }: ProofContext,
): Cell {
  // Results are the same wherever the data lie: the folder is no part of what is asked.
  const { folder, ...options } = dataOptions;
  if (folder !== undefined) process.env.GANYMEDE_FASHION_MNIST ??= folder;
  const asked = { system, data, dataOptions: options, options: gans[system]!, seed };
  return { id: `${system}/${seed}`, asked: { ...asked, steps: size(1500, 1) } };
}

interface Panel {
  /** Every metric by every backbone. */
  score(trained: Trained): Promise<Scores>;
  dispose(): Promise<void>;
}

async function openPanel({ provider, size }: ProofContext, asked: Pictures): Promise<Panel> {
  const count = size(2000, 40);
  const { raw } = (await openPictures(asked, "test"))(count, 0);
  const nets = await Promise.all(backbones.map((id) => openExtractor(provider, id)));
  const reals = nets.map((net) => sideOf("data", raw, net));
  return {
    async score(trained) {
      const made = await trained.samples(count, 1);
      const scores: Record<string, number> = {};
      for (const [i, net] of nets.entries()) {
        const both = { real: reals[i]!, fake: sideOf("fakes", made, net) };
        for (const { id, measure } of metrics) {
          const evidence = { ...both, shape: [1, side, side], seed: 0, provider };
          scores[`${id} by ${backbones[i]}`] = (await measure(evidence)).value;
        }
      }
      return scores;
    },
    dispose: async () => void (await Promise.all(nets.map((net) => net.dispose()))),
  };
}

const sideOf = (name: string, raw: Float32Array, net: Extractor): Side =>
  imageSide(
    {
      name,
      count: raw.length / side ** 2,
      shape: [1, side, side],
      range: [0, 255],
      async *pieces() {
        yield raw;
      },
    },
    net,
  );

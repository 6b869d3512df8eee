/**
 * What regularisers, augmentations and tricks add to a step: `npx tsx bench/cost.ts [--rounds 8]`.
 *
 * The plain step: DCGAN's nets for 3x32x32, 32 wide, no norm in the discriminator, batch 32, hinge loss, a move of
 * each player. Every variant takes its turns of a few steps beside the plain one, in rounds; the figure
 * is the median over rounds of the ratio to the plain turns around it. Writes bench/results/cost.json.
 */
import { parseArgs } from "node:util";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import { type Adversarial, adversarial } from "../src/gan/adversarial.ts";
import { catalog as augmentations } from "../src/gan/augmentation/_catalog.ts";
import type { AugmentationMaker } from "../src/gan/augmentation/augmentation.ts";
import { onBestFakes } from "../src/gan/best-fakes.ts";
import { uniform } from "../src/gan/latent.ts";
import { latentOptimisation } from "../src/gan/latent-optimisation.ts";
import { hinge } from "../src/gan/losses/hinge.ts";
import { dcganDiscriminator, dcganGenerator } from "../src/gan/nets/dcgan.ts";
import { catalog as penalties } from "../src/gan/penalties/_catalog.ts";
import type { Penalty } from "../src/gan/penalties/penalty.ts";
import { pathLength } from "../src/gan/terms/path-length.ts";
import { adam } from "../src/nn/adam.ts";
import { module } from "../src/nn/module.ts";
import { spectralNorm } from "../src/nn/spectral-norm.ts";
import { Trainer } from "../src/train/trainer.ts";
import { flopsOfTick } from "./_ours.ts";
import { circumstances, median, writeResults } from "./_results.ts";
import { imagesOf } from "./_steps.ts";

const { values: flags } = parseArgs({ options: { rounds: { type: "string", default: "8" } } });
const rounds = Number(flags.rounds);
const turn = 4;

export interface CostRow {
  readonly kind: "plain" | "regulariser" | "augmentation" | "trick";
  readonly name: string;
  /** Of a step's time, to that of the plain step. */
  readonly ratio: number;
  /** Of its convolutions' and products' arithmetic. */
  readonly arithmetic: number;
}

export interface CostRecord {
  readonly plainMs: number;
  readonly rows: readonly CostRow[];
}

type Variant = Omit<CostRow, "ratio" | "arithmetic"> & {
  readonly parts: Partial<Adversarial>;
};

const shape = { image: [3, 32, 32], width: 32 };
const source = imagesOf(32, 32);

function gameOf(parts: Partial<Adversarial>) {
  const optimiser = adam({ rate: 2e-4, beta1: 0.5 });
  return adversarial({
    field: "image",
    batch: 32,
    latent: uniform(100),
    generator: module("g", dcganGenerator(shape)),
    discriminator: module("d", dcganDiscriminator({ ...shape, norm: "none" })),
    loss: hinge(),
    optimise: { generator: optimiser, discriminator: optimiser },
    ...parts,
  } as Adversarial);
}

function variants(): Variant[] {
  const { refine, term } = latentOptimisation();
  const weightTransform = spectralNorm();
  const discriminator = module(
    "d",
    dcganDiscriminator({ ...shape, norm: "none", weightTransform }),
  );
  return [
    { kind: "plain", name: "nothing", parts: {} },
    ...Object.entries<Penalty>(penalties).map(([name, make]) => ({
      kind: "regulariser" as const,
      name,
      parts: { terms: { discriminator: [make({})] } },
    })),
    { kind: "regulariser", name: "spectral-norm", parts: { discriminator } },
    {
      kind: "regulariser",
      name: "path-length",
      parts: { terms: { generator: [pathLength({ every: 1 })] } },
    },
    ...Object.entries<AugmentationMaker>(augmentations).map(([name, make]) => ({
      kind: "augmentation" as const,
      name,
      parts: { augment: make() },
    })),
    { kind: "trick", name: "top-k", parts: { loss: onBestFakes(hinge(), 0.5) } },
    {
      kind: "trick",
      name: "latent-optimisation",
      parts: { refine, terms: { discriminator: [term], generator: [term] } },
    },
  ];
}

const provider = await nodeCpu({ threads: 2 });
const field = variants().map((variant) => {
  const game = gameOf(variant.parts);
  const trainer = new Trainer({ game, source, provider, seed: 0, chunk: 2 });
  return { ...variant, flops: flopsOfTick(game, source), trainer, ms: [] as number[] };
});
const [plain] = field as [(typeof field)[number]];

async function time({ trainer, ms }: (typeof field)[number]): Promise<void> {
  const began = performance.now();
  await trainer.advance(trainer.step + 2);
  await trainer.advance(trainer.step + turn - 2);
  ms.push((performance.now() - began) / turn);
}

for (const variant of field) {
  await variant.trainer.advance(2);
}
const ratios = new Map(field.map((variant) => [variant, [] as number[]]));
for (let round = 0; round < rounds; round++) {
  for (const variant of field) {
    await time(plain);
    await time(variant);
    ratios.get(variant)!.push(variant.ms.at(-1)! / plain.ms.at(variant === plain ? -2 : -1)!);
  }
}
const rows = field.map((variant): CostRow => {
  const { kind, name, flops } = variant;
  return { kind, name, ratio: median(ratios.get(variant)!), arithmetic: flops / plain.flops };
});
for (const { kind, name, ratio, arithmetic } of rows) {
  console.log(
    `${kind.padEnd(13)} ${name.padEnd(22)} ${ratio.toFixed(2)} (arithmetic ${arithmetic.toFixed(2)})`,
  );
}
writeResults("cost", { ...circumstances(), plainMs: median(plain.ms), rows });
process.exit(0);

/**
 * Trains our extractors with this very engine and writes data/extractors/<id>.{onnx,json}:
 *
 *   npx tsx scripts/train-extractors.ts [digits] [garments] [encoder]
 *     [--steps n] [--seed 0] [--threads 1] [--out data/extractors]
 *
 * Garments are read from the folder that GANYMEDE_FASHION_MNIST names. What is written is the average
 * of a net's weights. Test images are looked at once, at the end, through the written file.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { sha256 } from "../src/core/checksum.ts";
import { GanymedeError } from "../src/core/errors.ts";
import { writeAtomic } from "../src/core/files.ts";
import { fashionMnist } from "../src/data/sources/fashion-mnist.ts";
import { mnist } from "../src/data/sources/mnist.ts";
import { input, inputName } from "../src/engine/ir/leaves.ts";
import { toOnnx } from "../src/engine/onnx/model.ts";
import { program } from "../src/engine/program.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import type { Game } from "../src/gan/game.ts";
import type { ExtractorManifest } from "../src/metrics/extractor-manifest.ts";
import * as nn from "../src/nn/index.ts";
import { averageOf } from "../src/train/averages.ts";
import { Trainer } from "../src/train/trainer.ts";
import { classifier } from "./extractors/classifier.ts";
import { encoderOf } from "./extractors/encoder.ts";
import { batch, featureWidth, type Recipe } from "./extractors/recipe.ts";

const recipes: Record<string, () => Recipe | Promise<Recipe>> = {
  digits: () =>
    classifier({
      id: "digits",
      about: "classifier of MNIST digits; its features are 64 units before the last layer",
      source: mnist,
      wobble: { shift: 2, stretch: 0.12 },
    }),
  garments: () =>
    classifier({
      id: "garments",
      about:
        "classifier of Fashion-MNIST garments; its features are 64 units before the last layer",
      source: fashionMnist,
      wobble: { shift: 1, stretch: 0.06 },
    }),
  encoder: () =>
    encoderOf(async (split) => [mnist.open({ split }), await fashionMnist.open({ split })]),
};

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: "string" },
    seed: { type: "string", default: "0" },
    threads: { type: "string", default: "1" },
    out: { type: "string", default: "data/extractors" },
  },
});
const [seed, threads] = [flags.seed, flags.threads].map(Number) as [number, number];

const gameOf = (recipe: Recipe, steps: number): Game => {
  const player = recipe.player(steps);
  return {
    field: "image",
    batch,
    players: [player],
    average: { of: player.owns, decay: nn.average({ halfLife: 20_000, batch, ramp: 0.1 }) },
    sampler: {
      noise: {},
      make: () => {
        throw new Error("an extractor makes nothing");
      },
    },
  };
};

async function train(recipe: Recipe, steps: number): Promise<Trainer> {
  const game = gameOf(recipe, steps);
  const provider = await nodeCpu({ threads });
  const trainer = new Trainer({ game, source: await recipe.train(), provider, seed, chunk: 20 });
  const began = performance.now();
  while (trainer.step < steps) {
    const { step, values } = (await trainer.advance(steps)).at(-1)!;
    if (step % 200 !== 0 && step !== steps) continue;
    const said = Object.entries(values).map(([name, v]) => `${name} ${v.toFixed(4)}`);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`step ${step}/${steps}  ${said.join("  ")}  ${seconds} s`);
  }
  return trainer;
}

/** The averaged net in inference mode, its weights inside the file. */
async function exportModel(trainer: Trainer, recipe: Recipe): Promise<Uint8Array> {
  const trace = new nn.Trace(trainer.variables, { training: false, substitute: averageOf });
  const images = input("images", [batch, 1, 28, 28]);
  const compiled = program(recipe.outputs(images, (module) => trace.scope(module)));
  const names = compiled.inputs.map((t) => inputName(t)!).filter((n) => n !== "images");
  const weights = await Promise.all(
    names.map(async (name) => {
      const value = trainer.value(name);
      const data = new Uint8Array(((await value.data()) as Float32Array).slice().buffer);
      return { name, dims: value.shape, type: "f32" as const, data };
    }),
  );
  // The forms for WebAssembly are standard ONNX: they run anywhere.
  const target = { provider: "wasm", nchwcBlock: 0 } as const;
  const metadata = { id: recipe.id, licence: "Apache-2.0", data: recipe.data };
  return toOnnx(compiled, { target, weights, metadata });
}

async function manifestOf(recipe: Recipe, model: Uint8Array): Promise<ExtractorManifest> {
  const { id, about, classes } = recipe;
  return {
    id,
    about,
    licence: "Apache-2.0",
    file: `${id}.onnx`,
    sha256: await sha256(model),
    bytes: model.length,
    input: {
      name: "images",
      channels: 1,
      height: 28,
      width: 28,
      range: [-1, 1],
      resize: "bilinear",
      batch,
    },
    outputs: {
      features: { name: "features", width: featureWidth },
      ...(classes && { logits: "logits", probabilities: "probabilities" }),
    },
    ...(classes && { classes: [...classes] }),
  };
}

const unknown = (id: string) =>
  new GanymedeError("UNKNOWN_EXTRACTOR", {
    where: "train-extractors",
    expected: Object.keys(recipes).join(", "),
    got: id,
    fix: "choose one of them, or none for all",
  });

async function make(id: string): Promise<void> {
  const recipe = await recipes[id]?.();
  if (!recipe) throw unknown(id);
  const steps = Number(flags.steps ?? recipe.steps);
  const trainer = await train(recipe, steps);
  const model = await exportModel(trainer, recipe);
  await trainer.dispose();
  const manifest = await manifestOf(recipe, model);
  const record = join(flags.out, `${id}.json`);
  const write = (training: Record<string, unknown>) =>
    writeAtomic(record, `${JSON.stringify({ ...manifest, training }, null, 2)}\n`);
  writeAtomic(join(flags.out, manifest.file), model);
  const command = `npx tsx scripts/train-extractors.ts ${id} --steps ${steps} --seed ${seed}`;
  const training = { data: recipe.data, seed, steps, batch, command };
  write(training);
  const figures = await recipe.examine(record);
  write({ ...training, ...figures });
  console.log(`${join(flags.out, manifest.file)}: ${(model.length / 1024).toFixed(0)} KiB`);
  for (const [name, value] of Object.entries(figures)) console.log(`${name} ${value}`);
}

for (const id of positionals.length > 0 ? positionals : Object.keys(recipes)) await make(id);

/**
 * Trains the digit judge with this very engine and writes data/judges/digit-judge.{onnx,json}:
 *
 *   npx tsx scripts/train-judge.ts [--steps 4800] [--seed 0] [--threads 1] [--out data/judges]
 *
 * One player that minimises cross-entropy on MNIST's training images under small random shifts and
 * stretches. What is written is the average of its weights. The test images are looked at once, at
 * the end, through the written file.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAtomic } from "../src/core/files.ts";
import { mnist } from "../src/data/sources/mnist.ts";
import { input, inputName } from "../src/engine/ir/leaves.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { toOnnx } from "../src/engine/onnx/model.ts";
import * as ops from "../src/engine/ops/index.ts";
import { program } from "../src/engine/program.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import type { AnyPlayer, Game, Player, Turn } from "../src/gan/game.ts";
import { digitReport } from "../src/metrics/digit-report.ts";
import { type JudgeManifest, sha256 } from "../src/metrics/judge.ts";
import { openJudge } from "../src/metrics/judge-file.ts";
import * as nn from "../src/nn/index.ts";
import { averageOf } from "../src/train/step.ts";
import { Trainer } from "../src/train/trainer.ts";

const batch = 100;
const classes = mnist.open({ split: "test" }).fields.label!.classes!;

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "4800" },
    seed: { type: "string", default: "0" },
    threads: { type: "string", default: "1" },
    out: { type: "string", default: "data/judges" },
  },
});
const [steps, seed, threads] = [flags.steps, flags.seed, flags.threads].map(Number) as number[];

/** Images f32[n,1,28,28] in [−1,1] → logits f32[n,10]. 75,000 weights. */
const classifier = nn.module(
  "classifier",
  nn.sequential({
    conv0: nn.conv(24, { kernel: 5, stride: 2, pad: 2, bias: false }),
    norm0: nn.batchNorm(),
    act0: nn.relu,
    conv1: nn.conv(48, { kernel: 3, pad: 1, bias: false }),
    norm1: nn.batchNorm(),
    act1: nn.relu,
    pool1: nn.maxPool(2),
    conv2: nn.conv(64, { kernel: 3, pad: 1, bias: false }),
    norm2: nn.batchNorm(),
    act2: nn.relu,
    flat: (x: Tensor) => ops.reshape(x, { shape: [x.shape[0]!, -1] }),
    drop: nn.dropout(0.3),
    logits: nn.linear(classes.length),
  }),
);

/**
 * Each image shifted by up to 2 pixels and stretched by up to 12 % along each axis, bilinearly:
 * out = R·x·Cᵀ, where a row of R holds the weights of the two pixels about the place it reads.
 */
function jitter(images: Tensor, turn: Turn): Tensor {
  const [n, , side] = images.shape as [number, number, number];
  const [shift, stretch] = [2, 0.12];
  const within = (reach: number) => ops.mul(ops.sub(turn.uniform([n, 1, 1, 1]), 0.5), 2 * reach);
  const centre = (side - 1) / 2;
  const places = ops.cast(ops.iota(side), { to: "f32" });
  const target = ops.sub(ops.reshape(places, { shape: [1, 1, side, 1] }), centre);
  const pixels = ops.sub(ops.reshape(places, { shape: [1, 1, 1, side] }), centre);
  const weights = () => {
    const read = ops.add(ops.mul(target, ops.add(within(stretch), 1)), within(shift));
    return ops.relu(ops.sub(1, ops.abs(ops.sub(read, pixels))));
  };
  // Background is −1: moved to 0, so that what comes in from outside is background.
  const rows = ops.matmul(weights(), ops.add(images, 1));
  return ops.sub(ops.matmul(rows, weights(), { transposeB: true }), 1);
}

interface Lesson {
  readonly logits: Tensor;
  readonly truth: Tensor;
}

/** Adam, warmed up and then lowered along a cosine to nothing. */
const rate = nn.warmup(nn.cosine(2e-3, 0, nn.steps(steps!)), nn.steps(Math.min(100, steps!)));

const player: Player<Lesson> = {
  name: "classifier",
  owns: [classifier],
  view: (turn) => ({
    logits: turn.call(classifier, jitter(turn.batch.image!, turn)),
    truth: turn.batch.label!,
  }),
  objective: ({ logits, truth }) => {
    const wanted = ops.oneHot(truth, { depth: classes.length });
    const right = ops.sum(ops.mul(ops.logSoftmax(logits), wanted), { axes: [1] });
    const hit = ops.cast(ops.equal(ops.argMax(logits, { axis: 1 }), truth), { to: "f32" });
    return {
      loss: ops.neg(ops.mean(right)),
      meaning: "surprise at the right label; 2.30 = guessing, 0 = certain",
      readings: { accuracy: { value: ops.mean(hit), meaning: "share of right answers" } },
    };
  },
  optimiser: nn.adam({ rate, beta1: 0.9 }),
};

const game: Game = {
  field: "image",
  batch,
  players: [player as AnyPlayer],
  average: { of: [classifier], decay: nn.average({ halfLife: 20_000, batch, ramp: 0.1 }) },
  sampler: {
    noise: {},
    make: () => {
      throw new Error("a judge makes nothing");
    },
  },
};

/** The averaged classifier in inference mode, its weights inside the file. */
async function exportModel(trainer: Trainer): Promise<Uint8Array> {
  const trace = new nn.Trace(trainer.variables, { training: false, substitute: averageOf });
  const images = input("images", [batch, 1, 28, 28]);
  const logits = classifier.net(images, trace.scope(classifier.name));
  const compiled = program({ logits, probabilities: ops.softmax(logits) });
  const names = compiled.inputs.map((t) => inputName(t)!).filter((n) => n !== "images");
  const weights = await Promise.all(
    names.map(async (name) => {
      const value = trainer.value(name);
      const data = (await value.data()) as Float32Array;
      const bytes = new Uint8Array(data.slice().buffer);
      return { name, dims: value.shape, type: "f32" as const, data: bytes };
    }),
  );
  // The forms for WebAssembly are standard ONNX: they run anywhere.
  const target = { provider: "wasm", nchwcBlock: 0 } as const;
  const metadata = { id: "digit-judge", licence: "Apache-2.0", data: "MNIST" };
  return toOnnx(compiled, { target, weights, metadata });
}

/** Accuracy of a written judge on the 10,000 test images, and how often it is sure. */
async function examine(record: string) {
  const judge = await openJudge(await nodeCpu({ threads: threads! }), record);
  const source = mnist.open({ split: "test" });
  const { image, label } = source.batch(0, source.size, 0);
  const { scale, offset } = source.fields.image!;
  const said = await judge.probabilities(Float32Array.from(image!, (v) => v * scale + offset));
  await judge.dispose();
  const right = Array.from(label!).filter((truth, i) => {
    const row = said.subarray(i * classes.length, (i + 1) * classes.length);
    return row.indexOf(Math.max(...row)) === truth;
  });
  return { testAccuracy: right.length / source.size, testSure: digitReport(said).sure };
}

async function train(): Promise<Trainer> {
  const provider = await nodeCpu({ threads: threads! });
  const source = mnist.open({ split: "train" });
  const trainer = new Trainer({ game, source, provider, seed: seed!, chunk: 20 });
  const began = performance.now();
  while (trainer.step < steps!) {
    const { step, values } = (await trainer.advance(steps!)).at(-1)!;
    if (step % 200 !== 0 && step !== steps) continue;
    const said = `loss ${values["classifier.loss"]!.toFixed(4)}`;
    const hit = `batch accuracy ${values["classifier.accuracy"]!.toFixed(2)}`;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`step ${step}/${steps}  ${said}  ${hit}  ${seconds} s`);
  }
  return trainer;
}

const trainer = await train();
const model = await exportModel(trainer);
const record = join(flags.out, "digit-judge.json");
const manifest: JudgeManifest = {
  id: "digit-judge",
  file: "digit-judge.onnx",
  sha256: await sha256(model),
  input: { name: "images", shape: [1, 28, 28], batch, range: [-1, 1] },
  outputs: { logits: "logits", probabilities: "probabilities" },
  classes,
};
const write = (training: Record<string, unknown>) =>
  writeAtomic(record, `${JSON.stringify({ ...manifest, training }, null, 2)}\n`);
writeAtomic(join(flags.out, manifest.file), model);
const command = `npx tsx scripts/train-judge.ts --steps ${steps} --seed ${seed}`;
const training = { data: "mnist train", seed, steps, batch, command };
write(training);
const exam = await examine(record);
write({ ...training, ...exam });
await trainer.dispose();
console.log(`${join(flags.out, manifest.file)}: ${(model.length / 1024).toFixed(0)} KiB`);
console.log(`test accuracy ${(100 * exam.testAccuracy).toFixed(2)} % on 10,000 images`);
console.log(`sure (p >= 0.9) of ${(100 * exam.testSure).toFixed(2)} % of them`);

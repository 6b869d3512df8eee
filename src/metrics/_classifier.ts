/** A small classifier, trained on the spot by the engine, for metrics that learn. */
import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { program } from "../engine/program.ts";
import type { Provider, Session, Value } from "../engine/run/provider.ts";
import { Variables } from "../nn/variables.ts";
import {
  type ClassifierNet,
  classifierNet,
  classifierStep,
  inferLogits,
} from "./_classifier-net.ts";
import type { Rows } from "./metric.ts";

export interface Lesson {
  /** [n, width], finite. */
  readonly items: Rows;
  /** Class of each, from 0. */
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  /** [c, h, w] of at least 8×8 pixels gets a convolutional net; anything else, or nothing, an MLP. */
  readonly shape?: readonly number[];
  /** Seeds weights and order: two lessons of one seed are bit-equal on one machine. */
  readonly seed: number;
  readonly provider: Provider;
  /** 500 when absent; rounded up to whole chunks of 25. */
  readonly steps?: number;
  /** 128 when absent. */
  readonly batch?: number;
}

export interface Classifier {
  /** Items [n, width] → logits [n, classes]. */
  logits(items: Rows): Promise<Rows>;
  dispose(): Promise<void>;
}

/** Steps of one call of the runtime. */
const chunk = 25;

/** Items of one call when it is asked. */
const askedBatch = 250;

/**
 * Trains by cross-entropy with AdamW, its rate lowered along a cosine to nothing: one compiled graph
 * of 25 steps.
 *
 * @throws GanymedeError METRIC_DEGENERATE when the loss is not finite
 */
export async function trainClassifier(lesson: Lesson): Promise<Classifier> {
  const { items, classes, seed, provider, steps = 500, batch = 128 } = lesson;
  const shape = lesson.shape ?? [items.width];
  const net = classifierNet(shape, classes);
  const scaling = net.convolutional ? identity(items.width) : standardise(items);
  const variables = new Variables();
  const step = classifierStep(net, variables, batch);
  const repeat = { steps: chunk, carried: step.carried, perStep: ["items", "labels", "rate"] };
  const session = await provider.create(toOnnx(step.program, { target: provider.target, repeat }));
  const state: Record<string, Value> = {};
  for (const name of Object.keys(step.carried)) {
    const data = variables.initialValue(name, seed);
    state[name] = provider.value("f32", variables.get(name)!.shape, data);
  }
  const calls = Math.ceil(steps / chunk);
  for (let call = 0; call < calls; call++) {
    const feeds = makeFeeds(lesson, { net, scaling, batch, call, calls });
    const results = await session.run({ ...state, ...feeds });
    await requireFiniteLoss(results.loss!, call);
    for (const [name, output] of Object.entries(step.carried)) {
      state[name]!.dispose();
      state[name] = results[output]!;
    }
    for (const value of [...Object.values(feeds), results.loss!]) value.dispose();
  }
  await session.dispose();
  return asking({ net, scaling, variables, provider, state });
}

/** x ↦ (x − mean)·factor, by column. */
interface Scaling {
  readonly mean: Float64Array;
  readonly factor: Float64Array;
}

/** Pixels are in [−1, 1] already. */
const identity = (width: number): Scaling => ({
  mean: new Float64Array(width),
  factor: new Float64Array(width).fill(1),
});

/** To mean 0 and deviation 1; a constant column becomes 0. */
function standardise({ count, width, data }: Rows): Scaling {
  const mean = new Float64Array(width);
  const squares = new Float64Array(width);
  data.forEach((v, i) => {
    mean[i % width]! += v / count;
  });
  data.forEach((v, i) => {
    squares[i % width]! += (v - mean[i % width]!) ** 2 / count;
  });
  return { mean, factor: squares.map((v) => (v > 0 ? 1 / Math.sqrt(v) : 1)) };
}

/** Writes row `from` of the rows, scaled, as row `to` of `out`. */
function copyRow(out: Float32Array, to: number, rows: Rows, from: number, scaling: Scaling): void {
  const { width, data } = rows;
  for (let k = 0; k < width; k++) {
    out[to * width + k] = (data[from * width + k]! - scaling.mean[k]!) * scaling.factor[k]!;
  }
}

interface Call {
  readonly net: ClassifierNet;
  readonly scaling: Scaling;
  readonly batch: number;
  readonly call: number;
  readonly calls: number;
}

/** The next items of an endless stream, reshuffled each time all have been shown. */
function makeFeeds({ items, labels, seed, provider }: Lesson, about: Call): Record<string, Value> {
  const { net, scaling, batch, call, calls } = about;
  const size = chunk * batch;
  const rows = new Float32Array(size * items.width);
  const classes = new Int32Array(size);
  let epoch = -1;
  let order: Uint32Array = new Uint32Array();
  for (let i = 0; i < size; i++) {
    const position = call * size + i;
    const due = Math.floor(position / items.count);
    if (due !== epoch) order = stream(seed, "classifier/order", due).permutation(items.count);
    epoch = due;
    const chosen = order[position % items.count]!;
    copyRow(rows, i, items, chosen, scaling);
    classes[i] = labels[chosen]!;
  }
  const rates = Float32Array.from({ length: chunk }, (_, i) => {
    const share = (call * chunk + i) / (calls * chunk);
    return 0.5 * fastest * (1 + Math.cos(Math.PI * share));
  });
  return {
    items: provider.value("f32", [chunk, batch, ...net.shape], rows),
    labels: provider.value("i32", [chunk, batch], classes),
    rate: provider.value("f32", [chunk], rates),
  };
}

/** The learning rate at the first step. */
const fastest = 3e-3;

async function requireFiniteLoss(losses: Value, call: number): Promise<void> {
  const values = (await losses.data()) as Float32Array;
  const bad = values.findIndex((v) => !Number.isFinite(v));
  if (bad < 0) return;
  throw new GanymedeError("METRIC_DEGENERATE", {
    where: `a metric's classifier, step ${call * chunk + bad}`,
    expected: "a finite loss",
    got: String(values[bad]),
    fix: "look for values of enormous size on one of the sides",
  });
}

interface Trained {
  readonly net: ClassifierNet;
  readonly scaling: Scaling;
  readonly variables: Variables;
  readonly provider: Provider;
  readonly state: Readonly<Record<string, Value>>;
}

async function asking({ net, scaling, variables, provider, state }: Trained): Promise<Classifier> {
  const asked = input("items", [askedBatch, ...net.shape]);
  const compiled = program({ logits: inferLogits(net, variables, asked) });
  const session: Session = await provider.create(toOnnx(compiled, { target: provider.target }));
  const names = compiled.inputs.map((t) => inputName(t)!).filter((name) => name !== "items");
  const weights = Object.fromEntries(names.map((name) => [name, state[name]!]));
  return {
    async logits(items) {
      const data = new Float64Array(items.count * net.classes);
      for (let from = 0; from < items.count; from += askedBatch) {
        const rows = new Float32Array(askedBatch * sizeOf(net.shape));
        const count = Math.min(askedBatch, items.count - from);
        for (let i = 0; i < count; i++) copyRow(rows, i, items, from + i, scaling);
        const fed = provider.value("f32", [askedBatch, ...net.shape], rows);
        const { logits } = await session.run({ ...weights, items: fed });
        const said = (await logits!.data()) as Float32Array;
        data.set(said.subarray(0, count * net.classes), from * net.classes);
        for (const value of [fed, logits!]) value.dispose();
      }
      return { count: items.count, width: net.classes, data };
    },
    async dispose() {
      for (const value of Object.values(state)) value.dispose();
      await session.dispose();
    },
  };
}

/** The likeliest class of each row of logits or probabilities. */
export function likeliest({ count, width, data }: Rows): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    const row = data.subarray(i * width, (i + 1) * width);
    return row.indexOf(Math.max(...row));
  });
}

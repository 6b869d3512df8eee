import { stream } from "../core/random.ts";
import { inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { type Program, program } from "../engine/program.ts";
import type { Feeds, Session, Value } from "../engine/run/provider.ts";
import { partRows } from "../train/codes.ts";
import type { Codes } from "./codes.ts";
import type { OpenRun } from "./sample.ts";

/**
 * Values inside a run's nets on given codes: one compiled session, which takes from 50 ms to a second
 * to make, and is disposed of by whoever made it.
 */
export class NetProbe {
  private readonly run: OpenRun;
  private readonly batch: number;
  private readonly program: Program;
  private readonly session: Promise<Session>;
  private weights: Feeds | undefined;

  /** @param outputs tensors of a trace; those of items have `batch` of them along their first axis */
  constructor(run: OpenRun, outputs: Readonly<Record<string, Tensor>>, batch: number) {
    this.run = run;
    this.batch = batch;
    this.program = program(outputs);
    const { provider } = run;
    this.session = provider.create(toOnnx(this.program, { target: provider.target }));
    // It is awaited, and its error seen, with the first question.
    this.session.catch(() => undefined);
  }

  /** Each output for all codes, [count, …]; `feeds` are further inputs, the same for all. */
  async ask(codes: Codes, feeds: Feeds = {}): Promise<Record<string, Float32Array>> {
    const all: Record<string, Float32Array> = {};
    for (const [name, { shape }] of Object.entries(this.program.outputs)) {
      all[name] = new Float32Array(codes.count * sizeOf(shape.slice(1)));
    }
    for (let from = 0; from < codes.count; from += this.batch) {
      const results = await this.call({ ...this.feedsOf(codes, from), ...feeds });
      for (const [name, data] of Object.entries(results)) {
        const item = data.length / this.batch;
        const kept = Math.min(this.batch, codes.count - from);
        all[name]!.set(data.subarray(0, kept * item), from * item);
      }
    }
    return all;
  }

  /** Each output as it is, where none depends on codes. */
  async read(): Promise<Record<string, Float32Array>> {
    return this.call({});
  }

  async dispose(): Promise<void> {
    await (await this.session).dispose();
  }

  private async call(fed: Feeds): Promise<Record<string, Float32Array>> {
    const session = await this.session;
    this.weights ??= Object.fromEntries(
      this.program.inputs
        .map((t) => inputName(t)!)
        .filter((name) => !(name in fed))
        .map((name) => [name, this.run.value(name)]),
    );
    const names = new Set(this.program.inputs.map((t) => inputName(t)!));
    const used = Object.fromEntries(Object.entries(fed).filter(([name]) => names.has(name)));
    const results = await session.run({ ...this.weights, ...used });
    const read: Record<string, Float32Array> = {};
    for (const [name, value] of Object.entries(results)) {
      read[name] = (await value.data()) as Float32Array;
    }
    return read;
  }

  private feedsOf({ codes, count, labels }: Codes, from: number): Record<string, Value> {
    const { provider, sampler } = this.run;
    const { layout } = sampler;
    const { batch } = this;
    const rows = codes.subarray(from * layout.size, Math.min(from + batch, count) * layout.size);
    const parts = layout.parts.map((part) => {
      const data = partRows(rows, layout, part, batch);
      return [part.name, provider.value("f32", [batch, ...part.shape], data)] as const;
    });
    const label = Int32Array.from({ length: batch }, (_, i) => labels?.[from + i] ?? 0);
    // As a sampler that is given codes has it: noise made in the graph is the same in every call.
    const key = Int32Array.of(stream(0, "sample key", 0).uint32(1)[0]! | 0);
    return {
      ...Object.fromEntries(parts),
      label: provider.value("i32", [batch], label),
      key: provider.value("i32", [], key),
    };
  }
}

/** Which items of a seed. */
export interface Drawn {
  readonly seed: number;
  /** The class of all; in turn, as `sample` shows them, when absent. */
  readonly label?: number | undefined;
}

/** Codes of the items that a seed makes, by number, as `ganymede sample` counts them. */
export function codesOf(
  { sampler, game }: OpenRun,
  items: readonly number[],
  { seed, label }: Drawn,
): Codes {
  const { size } = sampler.layout;
  const codes = new Float32Array(items.length * size);
  const [first = 0] = items;
  if (items.every((item, i) => item === first + i)) {
    codes.set(sampler.codes({ seed, from: first, count: items.length }));
  } else {
    items.forEach((item, i) => {
      codes.set(sampler.codes({ seed, from: item, count: 1 }), i * size);
    });
  }
  if (!game.sampler.classes) return { codes, count: items.length };
  const labels = items.map((item) => label ?? sampler.label({}, item));
  return { codes, count: items.length, labels };
}

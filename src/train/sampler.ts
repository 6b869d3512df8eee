import { stream } from "../core/random.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { type Program, program } from "../engine/program.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import type { Game } from "../gan/game.ts";
import { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";
import { averageOf } from "./averages.ts";
import { blendClasses } from "./class-blend.ts";
import { type CodeLayout, codeLayout, type Draw, drawCodes, partRows } from "./codes.ts";
import { callIn } from "./tick.ts";

/** The generator alone, in inference mode, on the average of its weights where there is one. */
export interface SampleProgram {
  readonly program: Program;
  /** What is fed: noise by name, one item a row; `label`; `key` of noise made in the graph. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly output: Tensor;
  /** The variables that it reads. */
  readonly weights: readonly string[];
  /** What layers would keep, by variable: nothing but in training. */
  readonly written: ReadonlyMap<string, Tensor>;
}

/** A trace on the average of those weights that have one. */
export function traceOfAverage(game: Game, variables: Variables, training = false): Trace {
  const averaged = (game.average?.of ?? []).map((m) => `${m.name}.`);
  const isAveraged = (name: string) => averaged.some((path) => name.startsWith(path));
  return new Trace(variables, {
    training,
    substitute: (name) => (isAveraged(name) ? averageOf(name) : name),
  });
}

/** Items of `game` as `trace` has them, and all that they may be made from. */
export function traceItems(game: Game, trace: Trace, batch: number) {
  const inputs: Record<string, Tensor> = {};
  for (const [name, { shape }] of Object.entries(game.sampler.noise)) {
    inputs[name] = input(name, [batch, ...shape]);
  }
  if (game.sampler.classes) inputs.label = input("label", [batch], "i32");
  const asked = { ...inputs };
  inputs.key = input("key", [], "i32");
  trace.useKey(inputs.key);
  return { inputs, made: game.sampler.make(asked, callIn(trace)) };
}

export interface SamplerOptions {
  /** Whether classes can be mixed, as `blendClasses` does. */
  readonly blend?: boolean;
  /** Whether layers take statistics of the batch and keep them. */
  readonly training?: boolean;
  /** Whether the weights of the moment are used where there is an average too. */
  readonly live?: boolean;
}

/** Traces the sampler of `game` for `batch` items. */
export function traceSampler(
  game: Game,
  variables: Variables,
  batch: number,
  { blend = false, training = false, live = false }: SamplerOptions = {},
): SampleProgram {
  const trace = live
    ? new Trace(variables, { training })
    : traceOfAverage(game, variables, training);
  const { inputs, made } = traceItems(game, trace, batch);
  let output = made;
  if (blend && inputs.label) {
    inputs.other = input("other", [batch], "i32");
    inputs.mix = input("mix", [batch]);
    output = blendClasses(made, { label: inputs.label, other: inputs.other, mix: inputs.mix });
  }
  const compiled = program({ [game.field]: output });
  const names = compiled.inputs.map((t) => inputName(t)!);
  const used = Object.entries(inputs).filter(([name]) => names.includes(name));
  return {
    program: compiled,
    inputs: Object.fromEntries(used),
    output,
    weights: names.filter((n) => !(n in inputs)),
    written: trace.written(),
  };
}

/** Items to make: of drawn codes, or of codes that are given. */
export interface SampleRequest extends Draw {
  /** Codes [count, latent] instead of drawn ones; `from`, `truncation` and `within` have no part in them. */
  readonly codes?: Float32Array;
  /** What the part `condition` of all codes is, in the trained range, in the place of what is drawn. */
  readonly condition?: readonly number[];
  /** Class of each item, for a conditional generator: taken in turn, again from the first at the end. */
  readonly labels?: readonly number[];
  /** How many items in a row share a label; 1 when absent. */
  readonly each?: number;
  /** Another class of each item and how far it is on the way there, for a sampler that blends. */
  readonly towards?: { readonly labels: readonly number[]; readonly mix: readonly number[] };
}

/**
 * Draws items from a trained game. Item i depends on the seed, on i and on the size of a call's batch,
 * not on how many are asked for.
 */
export class Sampler {
  readonly traced: SampleProgram;
  readonly layout: CodeLayout;
  private readonly session;
  private readonly game: Game;
  private readonly provider: Provider;
  /** Items of one call. */
  readonly batch: number;

  constructor(
    game: Game,
    variables: Variables,
    provider: Provider,
    batch = 64,
    options: SamplerOptions = {},
  ) {
    this.game = game;
    this.provider = provider;
    this.batch = batch;
    this.layout = codeLayout(game.sampler);
    this.traced = traceSampler(game, variables, batch, options);
    this.session = provider.create(toOnnx(this.traced.program, { target: provider.target }));
  }

  /** Items [count, …item] in the trained range, row-major. `value` gives the variables. */
  async sample(value: (name: string) => Value, request: SampleRequest): Promise<Float32Array> {
    const item = sizeOf(this.traced.output.shape.slice(1));
    const all = new Float32Array(request.count * item);
    let at = 0;
    for await (const piece of this.pieces(value, request)) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** The same, a call's batch at a time: memory does not grow with the count. */
  async *pieces(
    value: (name: string) => Value,
    request: SampleRequest,
  ): AsyncGenerator<Float32Array, void> {
    const { count, from: first = 0 } = request;
    const item = sizeOf(this.traced.output.shape.slice(1));
    const session = await this.session;
    const weights = Object.fromEntries(this.traced.weights.map((name) => [name, value(name)]));
    for (let from = 0; from < count; from += this.batch) {
      const results = await session.run({ ...weights, ...this.feeds(request, first + from) });
      const items = (await results[this.game.field]!.data()) as Float32Array;
      yield items.subarray(0, Math.min(items.length, (count - from) * item));
    }
  }

  /** The codes that `sample` makes items of, [count, latent]. */
  codes(request: SampleRequest): Float32Array {
    return request.codes ?? this.drawn(request);
  }

  /** Codes that are drawn, of the condition that is asked for. */
  private drawn(request: SampleRequest): Float32Array {
    const codes = drawCodes(this.layout, this.batch, request);
    const part = this.layout.parts.find(({ name }) => name === "condition");
    if (!part || !request.condition) return codes;
    for (let at = part.from; at < codes.length; at += this.layout.size) {
      codes.set(request.condition, at);
    }
    return codes;
  }

  async dispose(): Promise<void> {
    await (await this.session).dispose();
  }

  /** What the generator is fed for the items from `from` on, a whole batch. */
  feeds(request: SampleRequest, from: number): Record<string, Value> {
    const feeds: Record<string, Value> = {};
    const { seed, codes } = request;
    const size = this.layout.size;
    const rows = codes
      ? codes.subarray(from * size, (from + this.batch) * size)
      : this.drawn({ ...request, from, count: this.batch });
    for (const part of this.layout.parts) {
      const data = partRows(rows, this.layout, part, this.batch);
      feeds[part.name] = this.provider.value("f32", [this.batch, ...part.shape], data);
    }
    if (this.game.sampler.classes) {
      const asked = Int32Array.from({ length: this.batch }, (_, i) =>
        this.label(request, from + i),
      );
      feeds.label = this.provider.value("i32", [this.batch], asked);
      const { labels = [], mix = [] } = request.towards ?? {};
      const other = asked.map((label, i) => labels[from + i] ?? label);
      feeds.other = this.provider.value("i32", [this.batch], other);
      const share = Float32Array.from(asked, (_, i) => mix[from + i] ?? 0);
      feeds.mix = this.provider.value("f32", [this.batch], share);
    }
    // Noise made in the graph must not change between calls that are given codes.
    const call = codes ? 0 : from / this.batch;
    const key = stream(seed, "sample key", call).uint32(1)[0]! | 0;
    feeds.key = this.provider.value("i32", [], Int32Array.of(key));
    const used = Object.entries(feeds).filter(([name]) => name in this.traced.inputs);
    return Object.fromEntries(used);
  }

  /** The class of item `i`. Where nobody says which, one after the other. */
  label({ labels, each = 1 }: Pick<SampleRequest, "labels" | "each">, i: number): number {
    const turn = Math.floor(i / each);
    if (labels) return labels[turn % labels.length]!;
    const { classes = [], drawn = classes.length } = this.game.sampler;
    return turn % drawn;
  }
}

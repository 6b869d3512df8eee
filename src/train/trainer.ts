import { GanymedeError } from "../core/errors.ts";
import type { Source } from "../data/source.ts";
import { inputName } from "../engine/ir/leaves.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { toModel } from "../engine/onnx/model.ts";
import { encodeModel, type ModelProto } from "../engine/onnx/proto.ts";
import type { Precision } from "../engine/passes/autocast.ts";
import type { Provider, Session, TypedArray, Value } from "../engine/run/provider.ts";
import type { Game, ReadingAbout } from "../gan/game.ts";
import { Variables } from "../nn/variables.ts";
import { Draft } from "./draft.ts";
import { makeFeeds } from "./feeds.ts";
import { forecastMemory, type MemoryForecast } from "./forecast.ts";
import { keyOf, nextSegment, type Segment } from "./plan.ts";
import { type SaidName, type StepProgram, tickInputNames, traceTicks } from "./step.ts";
import { firstNonFinite, watchName } from "./watch.ts";

/** One logged tick: reading name → value. */
export interface TickReadings {
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** All that a run needs to go on from where it was, besides its configuration. */
export interface Snapshot {
  readonly step: number;
  /** Items of data shown: the data cursor, and what schedules count. */
  readonly images: number;
  readonly values: ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>;
}

export interface TrainerOptions {
  readonly game: Game;
  readonly source: Source;
  readonly provider: Provider;
  /** Seeds data order, noise and first values; two runs of one seed are bit-equal on one machine. */
  readonly seed: number;
  /** What the trainer's `chunk` is at first. */
  readonly chunk: number;
  /** `f16` for mixed precision; f32 throughout when absent. */
  readonly precision?: Precision;
}

/** The program of a call, and its graph. */
interface Written {
  readonly step: StepProgram;
  readonly model: ModelProto;
}

interface Compiled {
  readonly step: StepProgram;
  readonly session: Session;
}

/**
 * Runs a game. It knows players only by name and variables only by name: whatever a system is made
 * of, this file stays as it is.
 */
export class Trainer {
  /** Ticks done. */
  step = 0;
  /** Items of data shown so far. Not step times batch: a run may go on with another batch. */
  images = 0;
  /**
   * Ticks per call of the runtime, rounded to whole rounds of the players' cadences. No part of the
   * result: it may change between calls, at the cost of compiling once more.
   */
  chunk: number;
  readonly variables = new Variables();
  /** Reading name → what it is, as far as programs have been compiled. */
  readonly readings = new Map<string, ReadingAbout>();
  private readonly options: TrainerOptions;
  private readonly written = new Map<string, Written>();
  private readonly compiled = new Map<string, Promise<Compiled>>();
  private readonly state = new Map<string, Value>();

  constructor(options: TrainerOptions) {
    this.options = options;
    this.chunk = options.chunk;
  }

  /**
   * Runs up to the next chunk boundary, but not beyond tick `end`. Throws `NON_FINITE` when a reading,
   * a parameter or any other value that lasts is not a finite number; the state is then that of before
   * the call.
   */
  async advance(end: number): Promise<TickReadings[]> {
    const { game } = this.options;
    const segment = nextSegment(game, this.step, end, this.chunk);
    const draft = new Draft((name) => this.value(name));
    try {
      const readings = await this.play(segment, draft);
      draft.replace(this.state);
      const ticks = segment.round.length * segment.repeat;
      this.step += ticks;
      this.images += ticks * game.batch;
      return readings;
    } catch (error) {
      draft.dispose();
      throw error;
    }
  }

  /**
   * The memory that the next call takes on the CPU, by a process that holds `held` bytes now, told from
   * the call's graph: nothing is run, and what was traced for it is not traced again.
   */
  forecast(end: number, held: number): MemoryForecast {
    const { game, provider } = this.options;
    const segment = nextSegment(game, this.step, end, this.chunk);
    const { model } = this.write({ ...segment, repeat: provider.loops ? segment.repeat : 1 });
    const numbers = this.variables.all().reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return forecastMemory(model, { stateBytes: 4 * numbers, held });
  }

  /** The current value of a variable; its first value if no tick has changed it. */
  value(name: string): Value {
    const known = this.state.get(name);
    if (known) return known;
    const { shape } = this.variables.get(name)!;
    const data = this.variables.initialValue(name, this.options.seed);
    const value = this.options.provider.value("f32", shape, data);
    this.state.set(name, value);
    return value;
  }

  /** Copies everything that lasts. Cost: one copy of the state. */
  async snapshot(): Promise<Snapshot> {
    const values = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (const [name, value] of [...this.state].sort(([a], [b]) => (a < b ? -1 : 1))) {
      values.set(name, { shape: value.shape, data: (await value.data()) as Float32Array });
    }
    return { step: this.step, images: this.images, values };
  }

  /** Takes up where a snapshot of the same configuration left off; its batch may have been another. */
  restore(snapshot: Snapshot): void {
    this.step = snapshot.step;
    this.images = snapshot.images;
    for (const value of this.state.values()) value.dispose();
    this.state.clear();
    for (const [name, { shape, data }] of snapshot.values) {
      this.state.set(name, this.options.provider.value("f32", shape, data));
    }
  }

  async dispose(): Promise<void> {
    for (const entry of this.compiled.values()) await (await entry).session.dispose();
    for (const value of this.state.values()) value.dispose();
  }

  /**
   * The ticks of a segment, in one call where the provider's graphs can loop; elsewhere in a call a
   * round, and the host reads nothing before the last one, so that the device never waits for it.
   */
  private async play({ round, repeat }: Segment, draft: Draft): Promise<TickReadings[]> {
    const { source, provider, seed, game } = this.options;
    const call: Segment = { round, repeat: provider.loops ? repeat : 1 };
    const { step, session } = await this.compile(call);
    const said: Said[] = [];
    for (let done = 0; done < repeat; done += call.repeat) {
      const ticks = done * round.length;
      const images = this.images + ticks * game.batch;
      const start = { step: this.step + ticks, images, batch: game.batch, seed };
      const feeds = makeFeeds(step, source, provider, start, call.repeat);
      for (const name of this.stateInputs(step, call)) feeds[name] = draft.get(name);
      const results = await session.run(feeds);
      for (const [name, output] of Object.entries(step.carried)) draft.set(name, results[output]!);
      said.push({ from: start.step, readings: results.readings!, alarm: results[watchName]! });
    }
    try {
      const rows: TickReadings[] = [];
      for (const { from, readings } of said) rows.push(...(await read(step, readings, from)));
      await this.requireFiniteState(
        step,
        draft,
        said.at(-1)!.alarm,
        this.step + round.length * repeat,
      );
      return rows;
    } finally {
      for (const { readings, alarm } of said)
        for (const value of [readings, alarm]) value.dispose();
    }
  }

  private compile(segment: Segment): Promise<Compiled> {
    const key = keyOfCall(segment);
    const known = this.compiled.get(key) ?? this.build(segment);
    this.compiled.set(key, known);
    return known;
  }

  private async build(segment: Segment): Promise<Compiled> {
    const { step, model } = this.write(segment);
    this.written.delete(keyOfCall(segment));
    for (const { name, watched, ...about } of step.readings.flat()) {
      if (!watched) this.readings.set(name, about);
    }
    const resident = [...Object.keys(step.program.outputs), watchName];
    return { step, session: await this.options.provider.create(encodeModel(model), { resident }) };
  }

  /** Traces and lowers a call, once until it is compiled. */
  private write(segment: Segment): Written {
    const key = keyOfCall(segment);
    const known = this.written.get(key);
    if (known) return known;
    const { round, repeat } = segment;
    const { game, source, provider } = this.options;
    const step = traceTicks(game, this.variables, source.fields, round, this.options);
    const model = toModel(step.program, {
      target: provider.target,
      after: step.watch,
      ...(repeat > 1 && {
        repeat: { steps: repeat, carried: step.carried, perStep: tickInputNames(step) },
      }),
    });
    this.written.set(key, { step, model });
    return { step, model };
  }

  /** The variables that a program reads, and inside a loop those that it only writes. */
  private stateInputs({ program, carried }: StepProgram, { repeat }: Segment): Set<string> {
    const read = program.inputs.map((t) => inputName(t)!).filter((n) => this.variables.get(n));
    return new Set(repeat > 1 ? [...read, ...Object.keys(carried)] : read);
  }

  /** The alarm is one number of the graph; only when it is raised, all values are looked at. */
  private async requireFiniteState(
    { carried }: StepProgram,
    draft: Draft,
    alarm: Value,
    step: number,
  ): Promise<void> {
    // What is not finite lasts: the alarm of the last call tells of those before it.
    if (Number.isFinite((await alarm.data())[0])) return;
    for (const name of Object.keys(carried)) {
      const values = await draft.get(name).data();
      const bad = firstNonFinite(values);
      if (bad >= 0) requireFinite(name, values[bad]!, step);
    }
  }
}

const keyOfCall = ({ round, repeat }: Segment): string => `${repeat} x ${keyOf(round)}`;

/** What one call said: values that may still be on a device. */
interface Said {
  /** Ticks done before the call. */
  readonly from: number;
  readonly readings: Value;
  readonly alarm: Value;
}

async function read(step: StepProgram, output: Value, from: number): Promise<TickReadings[]> {
  const values = await output.data();
  const rows: TickReadings[] = [];
  for (let offset = 0; offset < values.length; ) {
    for (const names of step.readings) {
      const at = from + rows.length + 1;
      for (const [i, { name }] of names.entries()) requireFinite(name, values[offset + i]!, at);
      rows.push({ step: at, values: pick(names, values, offset) });
      offset += names.length;
    }
  }
  return rows;
}

const pick = (names: readonly SaidName[], values: TypedArray, offset: number) =>
  Object.fromEntries(
    names.flatMap(({ name, watched }, i) => (watched ? [] : [[name, values[offset + i]!]])),
  );

function requireFinite(name: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new GanymedeError("NON_FINITE", {
    where: `${name} at step ${step}`,
    expected: "a finite number",
    got: String(value),
    fix: "resume from the last checkpoint with a smaller learning rate, or add a gradient penalty",
  });
}

import { parseOptions } from "../../src/core/options.ts";
import { stream } from "../../src/core/random.ts";
import type { Source } from "../../src/data/source.ts";
import { evaluate } from "../../src/engine/reference/evaluate.ts";
import type { NdArray } from "../../src/engine/reference/ndarray.ts";
import type { Provider, TypedArray, Value } from "../../src/engine/run/provider.ts";
import type { Game } from "../../src/gan/game.ts";
import type { System } from "../../src/gan/system.ts";
import { Variables } from "../../src/nn/variables.ts";
import { makeFeeds } from "../../src/train/feeds.ts";
import { nextSegment } from "../../src/train/plan.ts";
import { type StepProgram, traceTicks } from "../../src/train/step.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { dcgan } from "../../src/zoo/dcgan.ts";
import { r3gan } from "../../src/zoo/r3gan.ts";
import { wganGp } from "../../src/zoo/wgan-gp.ts";
import type { Agreement } from "./_suite.ts";

/** Batch norm and Adam; a gradient penalty's double backward and a cadence; R1 and R2 on residual nets. */
const systems: Readonly<Record<string, System>> = {
  dcgan: dcgan as unknown as System,
  "wgan-gp": wganGp as unknown as System,
  r3gan: r3gan as unknown as System,
};

export const systemNames = Object.keys(systems);

const ticks = 2;
const seed = 1;

/** Float32 on the CPU is within 1e-5. */
const tolerance = 1e-4;

/** Grey 8x8 noise. */
const source: Source = {
  id: "noise",
  fields: { image: { shape: [1, 8, 8], dtype: "u8", scale: 2 / 255, offset: -1 } },
  size: Number.POSITIVE_INFINITY,
  about: { title: "noise", credit: "none", licence: "none needed: generated" },
  batch: (start, count, seed) => {
    const values = stream(seed, "noise", start).uniform(new Float32Array(count * 64));
    return { image: Uint8Array.from(values, (v) => 255 * v) };
  },
};

/** Trains a tiny one for two ticks on the provider, and by the float64 interpreter. */
export async function systemParity(name: string, provider: Provider): Promise<Agreement> {
  const system = systems[name]!;
  const options = parseOptions(name, system.options, system.tiny);
  const game = system.build(options as never, { fields: source.fields });
  const expected = reference(game);
  try {
    return compare(await trained(game, provider), expected);
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    return { cases: expected.size, error: 0, tolerance, failures: [told], leftOut: [] };
  }
}

/** What lasts after the ticks, and what was said of each of them. */
type Outcome = ReadonlyMap<string, ArrayLike<number>>;

async function trained(game: Game, provider: Provider): Promise<Outcome> {
  const trainer = new Trainer({ game, source, provider, seed, chunk: ticks });
  const outcome = new Map<string, ArrayLike<number>>();
  try {
    while (trainer.step < ticks) {
      for (const { step, values } of await trainer.advance(ticks)) {
        for (const [name, v] of Object.entries(values)) outcome.set(`${name} at ${step}`, [v]);
      }
    }
    for (const [name, { data }] of (await trainer.snapshot()).values) outcome.set(name, data);
  } finally {
    await trainer.dispose();
  }
  return outcome;
}

/** The same ticks in float64 throughout, tick by tick, as they were traced. */
function reference(game: Game): Outcome {
  const variables = new Variables();
  const state: Record<string, NdArray> = {};
  const outcome = new Map<string, ArrayLike<number>>();
  for (let tick = 0; tick < ticks; tick++) {
    const { round } = nextSegment(game, tick, tick + 1, 1);
    const step = traceTicks(game, variables, source.fields, round);
    const start = { step: tick, images: tick * game.batch, batch: game.batch, seed };
    const fed = Object.entries(makeFeeds(step, source, onHost, start, 1));
    for (const { name, shape } of variables.all()) {
      state[name] ??= widen(shape, "f32", variables.initialValue(name, seed));
    }
    const names = Object.keys(step.program.outputs);
    const results = evaluate(Object.values(step.program.outputs), {
      ...state,
      ...Object.fromEntries(
        fed.map(([name, value]) => [name, widened(value as unknown as HostValue)]),
      ),
    });
    const result = (output: string) => results[names.indexOf(output)]!;
    for (const [name, output] of Object.entries(step.carried)) state[name] = result(output);
    note(step, result("readings").data, tick, outcome);
  }
  for (const [name, { data }] of Object.entries(state)) outcome.set(name, data);
  return outcome;
}

function note(
  { readings }: StepProgram,
  values: Float64Array,
  tick: number,
  outcome: Map<string, ArrayLike<number>>,
): void {
  for (const [i, { name, watched }] of readings[0]!.entries()) {
    if (!watched) outcome.set(`${name} at ${tick + 1}`, [values[i]!]);
  }
}

const widen = (shape: NdArray["shape"], dtype: NdArray["dtype"], data: ArrayLike<number>) => ({
  shape,
  dtype,
  data: Float64Array.from(data),
});

/** A value that is still being filled when it is made. */
type HostValue = Pick<Value, "shape" | "dtype"> & { readonly held: TypedArray };

const widened = ({ shape, dtype, held }: HostValue) => widen(shape, dtype, held);

const onHost = {
  value: (dtype, shape, held) => ({ dtype, shape, held }) as unknown as Value,
} as Pick<Provider, "value"> as Provider;

/** Errors are relative to the largest number of each tensor: those of gradients are small. */
function compare(got: Outcome, expected: Outcome): Agreement {
  const failures: string[] = [];
  let worst = 0;
  for (const [name, want] of expected) {
    const error = errorOf(got.get(name) ?? [], want);
    worst = Math.max(worst, error);
    if (!(error <= tolerance)) failures.push(`${name}: error ${error}, allowed ${tolerance}`);
  }
  return { cases: expected.size, error: worst, tolerance, failures, leftOut: [] };
}

function errorOf(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [scale, worst] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    const error = Math.abs((got[i] ?? Number.NaN) - want[i]!);
    if (Number.isNaN(error)) return Number.POSITIVE_INFINITY;
    scale = Math.max(scale, Math.abs(want[i]!));
    worst = Math.max(worst, error);
  }
  return worst === 0 ? 0 : worst / scale;
}

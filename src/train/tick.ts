import type { Field } from "../data/source.ts";
import { input } from "../engine/ir/leaves.ts";
import { tracedAt } from "../engine/ir/place.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, cast, mul } from "../engine/ops/index.ts";
import type { Noise, Turn } from "../gan/game.ts";
import { type Schedule, toSchedule } from "../nn/schedule.ts";
import type { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";

/** What the host must feed for one tick, by graph input. */
export interface TickInputs {
  /** Data field → input, one batch each. */
  readonly batch: Map<string, Tensor>;
  readonly noise: Map<string, { readonly input: Tensor; readonly noise: Noise }>;
  readonly scalars: Map<string, { readonly input: Tensor; readonly schedule: Schedule }>;
  /** The in-graph generator's key. */
  readonly key: Tensor;
}

export const emptyInputs = (suffix: string): TickInputs => ({
  batch: new Map(),
  noise: new Map(),
  scalars: new Map(),
  key: input(`key${suffix}`, [], "i32"),
});

export interface TurnParts {
  readonly trace: Trace;
  readonly variables: Variables;
  /** Items in a batch. */
  readonly size: number;
  readonly fields: Readonly<Record<string, Field>>;
  /** What is asked for is noted here. */
  readonly inputs: TickInputs;
  /** Tells the inputs of the ticks of one program apart. */
  readonly suffix: string;
}

/** The turn that all players of one tick share. */
export function makeTurn({ trace, variables, size, fields, inputs, suffix }: TurnParts): Turn {
  const shared = new Map<string, unknown>();
  let draws = 0;
  const once = <T>(key: string, make: () => T): T => {
    if (!shared.has(key)) shared.set(key, make());
    return shared.get(key) as T;
  };
  const data = (name: string, field: Field): Tensor =>
    once(`batch ${name}`, () => {
      const raw = input(`batch.${name}${suffix}`, [size, ...field.shape], field.dtype);
      inputs.batch.set(name, raw);
      return decode(raw, field);
    });
  return {
    batch: lazily(fields, data),
    size,
    once,
    noise: (name, noise) =>
      once(`noise ${name}`, () => {
        const leaf = input(`noise.${name}${suffix}`, [size, ...noise.shape]);
        inputs.noise.set(name, { input: leaf, noise });
        return leaf;
      }),
    uniform: (shape) => trace.scope(`draw${draws++}`).uniform(shape),
    call: callIn(trace),
    parameters: ({ name }) =>
      Object.fromEntries(
        variables
          .of(name)
          .filter((v) => v.role === "parameter")
          .map((v) => [v.name, trace.read(v.name)]),
      ),
    scalar: (name, schedule) =>
      once(`scalar ${name}`, () => {
        const leaf = input(`scalar.${name}${suffix}`, []);
        inputs.scalars.set(name, { input: leaf, schedule: toSchedule(schedule) });
        return leaf;
      }),
  };
}

/** Applies modules with the variables of a trace. */
export const callIn =
  (trace: Trace): Turn["call"] =>
  (module, value, instead) =>
    tracedAt(module.name, () => module.net(value, trace.scope(module.name, instead)));

/** A record whose members are made when they are first read. */
function lazily<T>(
  fields: Readonly<Record<string, Field>>,
  make: (name: string, field: Field) => T,
): Readonly<Record<string, T>> {
  const record = {};
  for (const [name, field] of Object.entries(fields)) {
    Object.defineProperty(record, name, { enumerable: true, get: () => make(name, field) });
  }
  return record;
}

/** Raw data as the nets see it: integers that stand for classes stay integers. */
export function decode(raw: Tensor, { dtype, scale, offset }: Field): Tensor {
  if (dtype === "i32") return raw;
  return add(mul(cast(raw, { to: "f32" }), scale), offset);
}

import type { Tensor } from "../src/engine/ir/tensor.ts";
import { tanh } from "../src/engine/ops/index.ts";
import { type Conditioning, withLabel } from "../src/gan/condition.ts";
import { type Duel, duelOf } from "../src/gan/duel.ts";
import { normal } from "../src/gan/latent.ts";
import { nonSaturating } from "../src/gan/losses/non-saturating.ts";
import { logit, mlpFeatures, mlpGenerator } from "../src/gan/nets/mlp.ts";
import { module } from "../src/nn/module.ts";
import { sgd } from "../src/nn/sgd.ts";
import { Trace } from "../src/nn/trace.ts";
import { Variables } from "../src/nn/variables.ts";
import { emptyInputs, makeTurn } from "../src/train/tick.ts";
import type { Values } from "./gradients.ts";
import { array, noise } from "./layers.ts";

export interface TracedDuel {
  readonly duel: Duel;
  readonly trace: Trace;
  readonly variables: Variables;
  /** Feeds of every input: data, codes, key, first values of all variables declared by now. */
  feeds(seed?: number): Values;
  /** Parameters of the module `name` as graph inputs. */
  parameters(name: string): Tensor[];
}

/** The classes of a duel with a condition. */
export const tinyClasses = ["a", "b", "c"];

/** A duel of two small smooth nets over `item`-shaped data, traced outside any training. */
export function tinyDuel(
  item: readonly number[] = [2],
  batch = 4,
  by?: Conditioning | undefined,
  dataLabel?: (duel: Duel) => Tensor,
): TracedDuel {
  const variables = new Variables();
  const trace = new Trace(variables, { training: true });
  const inputs = emptyInputs("");
  trace.useKey(inputs.key);
  const fields = {
    item: { shape: item, dtype: "f32", scale: 1, offset: 0 },
    label: { shape: [], dtype: "i32", scale: 1, offset: 0 },
  } as const;
  const turn = makeTurn({ trace, variables, size: batch, fields, inputs, suffix: "" });
  const smooth = { hidden: [5], activation: tanh };
  const parts = {
    field: "item",
    batch,
    latent: normal(3),
    trunk: module("trunk", mlpFeatures(smooth)),
    discriminator: module("d", logit()),
    loss: nonSaturating(),
    optimise: { generator: sgd({ rate: 1 }), discriminator: sgd({ rate: 1 }) },
  };
  const make = mlpGenerator({ item, ...smooth });
  const told = { label: "label", classes: tinyClasses, ...(dataLabel && { dataLabel }) };
  const condition = by && { ...told, by };
  const duel = duelOf(
    condition
      ? { ...parts, ...by.instead, condition, generator: module("g", withLabel(make, 3, 2)) }
      : { ...parts, generator: module("g", make) },
    turn,
  );
  return {
    duel,
    trace,
    variables,
    parameters: (name) => variables.of(name).map((v) => trace.read(v.name)),
    feeds(seed = 1) {
      const known: Record<string, Values[string]> = {
        "batch.item": noise([batch, ...item], seed),
        "noise.z": noise([batch, 3], seed + 1),
        "batch.label": {
          ...array(
            [batch],
            Array.from({ length: batch }, (_, i) => (i + seed) % tinyClasses.length),
          ),
          dtype: "i32",
        },
        key: { ...array([], [seed]), dtype: "i32" },
      };
      for (const { name, shape } of variables.all()) {
        known[name] = array(shape, variables.initialValue(name, seed));
      }
      return known;
    },
  };
}

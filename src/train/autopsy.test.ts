import { expect, test } from "vitest";
import type { Source } from "../data/source.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { div, log, mean, mul, relu, sqrt, sub } from "../engine/ops/index.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { adversarial } from "../gan/adversarial.ts";
import { clipped } from "../gan/constraints.ts";
import { normal } from "../gan/latent.ts";
import type { AdversarialLoss } from "../gan/losses/loss.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { mlpDiscriminator, mlpGenerator } from "../gan/nets/mlp.ts";
import { adam } from "../nn/adam.ts";
import { module } from "../nn/module.ts";
import type { Optimiser } from "../nn/optimiser.ts";
import { sgd } from "../nn/sgd.ts";
import { autopsy } from "./autopsy.ts";
import { Trainer, type TrainerOptions } from "./trainer.ts";

const provider = await nodeCpu({ threads: 1 });

/** Points; those of tick `bad` hold `value`. */
const points = (bad = -1, value = Number.NaN): Source => ({
  id: "points",
  fields: { point: { shape: [2], dtype: "f32", scale: 1, offset: 0 } },
  size: 1e6,
  about: { title: "points", credit: "none", licence: "none" },
  batch: (from, count) => ({
    point: Float32Array.from({ length: 2 * count }, (_, i) =>
      from === bad * count && i === 3 ? value : Math.sin(from + i),
    ),
  }),
});

interface Parts {
  readonly source?: Source;
  readonly loss?: AdversarialLoss;
  readonly optimiser?: Optimiser;
  readonly clip?: number;
}

function options(parts: Parts = {}): TrainerOptions {
  const { source = points(), loss = nonSaturating(), optimiser = adam({ rate: 1e-3 }) } = parts;
  const game = adversarial({
    field: "point",
    batch: 4,
    latent: normal(2),
    generator: module("g", mlpGenerator({ item: [2], hidden: [8] })),
    discriminator: module("d", mlpDiscriminator({ hidden: [8] })),
    loss,
    ...(parts.clip !== undefined && { constrain: clipped(parts.clip) }),
    optimise: { generator: optimiser, discriminator: optimiser },
  });
  return { game, source, provider, seed: 1, chunk: 6 };
}

/** Trains until it fails; the state is then that of before the call. */
async function untilItFails(given: TrainerOptions, end = 24) {
  const trainer = new Trainer(given);
  const error = await (async () => {
    while (trainer.step < end) await trainer.advance(end);
  })().catch((e: unknown) => e);
  const start = await trainer.snapshot();
  await trainer.dispose();
  return { error: error as { code?: string; fault: { where: string } } | undefined, start, end };
}

/** A player whose loss is the mean of what `breaks` makes of the scores of data, or of fakes. */
const broken = (breaks: (score: Tensor) => Tensor): AdversarialLoss => ({
  ...nonSaturating(),
  discriminator: ({ real }) => mean(breaks(real)),
});
const brokenGenerator = (breaks: (score: Tensor) => Tensor): AdversarialLoss => ({
  ...nonSaturating(),
  generator: ({ fake }) => mean(breaks(fake)),
});

test("NaN in the data is traced to the batch, and the state is that of the tick before", async () => {
  const given = options({ source: points(9) });
  const { error, start, end } = await untilItFails(given);
  expect(error).toMatchObject({ code: "NON_FINITE", fault: { where: "d.loss at step 10" } });
  expect(start.step).toBe(6);
  const found = (await autopsy(given, start, end))!;
  expect(found.step).toBe(10);
  expect(found.before.step).toBe(9);
  expect(found.blame?.made).toMatchObject({ name: "batch.point", nan: 1, infinite: 0 });
  expect(found.blame?.reached).toContain("d.loss");
  expect(found.blame?.reached).toContain("d.hidden0.weight");
  // Bit by bit the state of a run that stops there.
  const other = new Trainer({ ...given, chunk: 1 });
  while (other.step < 9) await other.advance(9);
  expect([...found.before.values]).toEqual([...(await other.snapshot()).values]);
});

test.each([
  ["log of negative numbers", (x: Tensor) => log(sub(mul(x, 0.01), 5)), /^log in d\.loss$/],
  ["a division by zero", (x: Tensor) => div(x, sub(x, x)), /^div in d\.loss$/],
])("%s in a loss is named", async (_, breaks, name) => {
  const given = options({ loss: broken(breaks) });
  const { error, start, end } = await untilItFails(given);
  expect(error?.code).toBe("NON_FINITE");
  const { blame, step } = (await autopsy(given, start, end))!;
  expect(step).toBe(1);
  expect(blame?.made.name).toMatch(name);
  expect(blame?.from.every((seen) => seen.nan + seen.infinite === 0)).toBe(true);
});

test("a gradient that overflows is found though every loss is finite", async () => {
  // √x at 0 is 0, and its slope there 1/0.
  const loss = brokenGenerator((x) => sqrt(relu(sub(x, 1e3))));
  const given = { ...options({ loss }), chunk: 1 };
  const { error, start, end } = await untilItFails(given);
  expect(error?.code).toBe("NON_FINITE");
  expect(error?.fault.where).toMatch(/^(optimiser\.g\.)?g\.\w+\.\w+/);
  const { blame } = (await autopsy(given, start, end))!;
  expect(blame?.made.name).toMatch(/in gradient of g\.loss$/);
  expect(blame?.reached).not.toContain("g.loss");
});

test("what a clipped weight would hide is found", async () => {
  const steep = broken((x) => mul(x, 1e30));
  const given = options({ loss: steep, optimiser: sgd({ rate: 1e30 }), clip: 0.01 });
  const { error, start, end } = await untilItFails(given);
  expect(error?.fault.where).toBe("d.unconstrained at step 1");
  const { blame } = (await autopsy(given, start, end))!;
  expect(blame?.made.name).toMatch(/^(mul|sub) in update of d\./);
});

test("a training that stays finite is not accused", async () => {
  const given = options();
  const { error, start, end } = await untilItFails(given);
  expect(error).toBeUndefined();
  expect(await autopsy(given, { ...start, step: 0, values: new Map() }, end)).toBeUndefined();
});

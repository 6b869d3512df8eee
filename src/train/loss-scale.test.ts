import { describe, expect, test } from "vitest";
import type { Source } from "../data/source.ts";
import { mul } from "../engine/ops/index.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { adversarial } from "../gan/adversarial.ts";
import { clipped } from "../gan/constraints.ts";
import { normal } from "../gan/latent.ts";
import { nonSaturating } from "../gan/losses/non-saturating.ts";
import { mlpDiscriminator, mlpGenerator } from "../gan/nets/mlp.ts";
import { adam } from "../nn/adam.ts";
import { module } from "../nn/module.ts";
import { type Snapshot, Trainer, type TrainerOptions } from "./trainer.ts";

const provider = await nodeCpu({ threads: 1 });

const points: Source = {
  id: "points",
  fields: { point: { shape: [2], dtype: "f32", scale: 1, offset: 0 } },
  size: 1e6,
  about: { title: "points", credit: "none", licence: "none" },
  batch: (from, count) => ({
    point: Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(from + i)),
  }),
};

function options({ lift = 1, clip }: { lift?: number; clip?: number } = {}): TrainerOptions {
  const loss = nonSaturating();
  const game = adversarial({
    field: "point",
    batch: 4,
    latent: normal(2),
    generator: module("g", mlpGenerator({ item: [2], hidden: [8] })),
    discriminator: module("d", mlpDiscriminator({ hidden: [8] })),
    loss: {
      ...loss,
      discriminator: (logits) => mul(loss.discriminator(logits), lift),
    },
    ...(clip !== undefined && { constrain: clipped(clip) }),
    optimise: { generator: adam({ rate: 1e-3 }), discriminator: adam({ rate: 1e-3 }) },
  });
  return { game, source: points, provider, seed: 1, chunk: 4, precision: "f16" };
}

/** The state after one tick. */
async function begun(given: TrainerOptions): Promise<Snapshot> {
  const trainer = new Trainer(given);
  trainer.restore({ step: 0, images: 0, values: new Map([scalar("precision.d.scale", 1)]) });
  await trainer.advance(1);
  const state = await trainer.snapshot();
  await trainer.dispose();
  return state;
}

/** The same with another scale of the discriminator's loss, good for so many ticks. */
const scaled = (state: Snapshot, scale: number, good = 0): Snapshot => {
  const moved = [scalar("precision.d.scale", scale), scalar("precision.d.good", good)];
  return { ...state, values: new Map([...state.values, ...moved]) };
};

const scalar = (name: string, value: number) =>
  [name, { shape: [] as number[], data: Float32Array.of(value) }] as const;

/** States after each of the next ticks. */
async function follow(given: TrainerOptions, from: Snapshot, ticks: number): Promise<Snapshot[]> {
  const trainer = new Trainer({ ...given, chunk: 1 });
  trainer.restore(from);
  const states = [];
  for (let i = 1; i <= ticks; i++) {
    await trainer.advance(from.step + i);
    states.push(await trainer.snapshot());
  }
  await trainer.dispose();
  return states;
}

const of = (state: Snapshot, name: string): number => state.values.get(name)!.data[0]!;

/** All that belongs to a player: its parameters and its optimiser's state. */
const owned = (state: Snapshot, player: string) =>
  [...state.values].filter(([name]) => new RegExp(`^(optimiser\\.)?${player}\\.`).test(name));

/** The smallest power of two at which the discriminator's first update is left out. */
async function overflowing(given: TrainerOptions, from: Snapshot): Promise<number> {
  for (let scale = 2 ** 10; scale < 2 ** 60; scale *= 2) {
    const [after] = await follow(given, scaled(from, scale), 1);
    if (of(after!, "precision.d.scale") < scale) return scale;
  }
  throw new Error("no scale is too large");
}

describe.each([
  ["no constraint", {}],
  ["weights clipped", { clip: 0.3 }],
])("with %s", (_, asked) => {
  test("an overflow halves the scale, leaves out exactly one update, and training goes on", async () => {
    const given = options(asked);
    const start = await begun(given);
    const scale = await overflowing(given, start);
    const before = scaled(start, scale, 17);
    const [skipped, next] = await follow(given, before, 2);
    expect(of(skipped!, "precision.d.scale")).toBe(scale / 2);
    expect(of(skipped!, "precision.d.good")).toBe(0);
    expect(owned(skipped!, "d")).toEqual(owned(before, "d"));
    // The other player's loss has a scale of its own.
    expect(owned(skipped!, "g")).not.toEqual(owned(before, "g"));
    expect(of(skipped!, "precision.g.scale")).toBe(2 ** 16);
    expect(of(next!, "precision.d.scale")).toBe(scale / 2);
    expect(of(next!, "precision.d.good")).toBe(1);
    for (const [name, { data }] of owned(next!, "d")) {
      expect(data.every(Number.isFinite), name).toBe(true);
      if (name.endsWith("weight")) expect(data).not.toEqual(before.values.get(name)!.data);
    }
  });
});

test("after two thousand good updates the scale doubles, up to its largest", async () => {
  const given = options();
  const [almost, doubled] = await follow(given, scaled(await begun(given), 8, 1998), 2);
  expect([of(almost!, "precision.d.scale"), of(almost!, "precision.d.good")]).toEqual([8, 1999]);
  expect([of(doubled!, "precision.d.scale"), of(doubled!, "precision.d.good")]).toEqual([16, 0]);
  const lifted = options({ lift: 2 ** -30 });
  const [largest] = await follow(lifted, scaled(await begun(lifted), 2 ** 24, 1999), 1);
  expect(of(largest!, "precision.d.scale")).toBe(2 ** 24);
});

test("the scale does not change an update that fits", async () => {
  const given = options();
  const start = await begun(given);
  const [once] = await follow(given, scaled(start, 8), 1);
  const [twice] = await follow(given, scaled(start, 16), 1);
  for (const [name, { data }] of owned(once!, "d")) {
    if (!name.startsWith("d.")) continue;
    const other = twice!.values.get(name)!.data;
    const apart = Math.max(...data.map((v, i) => Math.abs(v - other[i]!)));
    expect(apart, name).toBeLessThan(2e-5); // Of steps of 1e-3.
  }
});

test("gradients that overflow at a scale of one stop the run, none is hidden", async () => {
  const given = options({ lift: 2 ** 30 });
  const trainer = new Trainer({ ...given, chunk: 1 });
  const scales: number[] = [];
  const failure = await (async () => {
    while (trainer.step < 30) {
      const [row] = await trainer.advance(trainer.step + 1);
      scales.push(row!.values["d.lossScale"]!);
    }
    return undefined;
  })().catch((error: unknown) => error);
  await trainer.dispose();
  expect(scales).toEqual(Array.from({ length: 16 }, (_, i) => 2 ** (16 - i)));
  expect(String(failure)).toMatch(/NON_FINITE/);
});

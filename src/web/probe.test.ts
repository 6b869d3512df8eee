import { describe, expect, test } from "vitest";
import { buildGame, loadSystem, systemOptions } from "../app/systems.ts";
import { ring8 } from "../data/sources/ring8.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { Trainer } from "../train/trainer.ts";
import { pointSystemIds } from "./_ids.ts";
import { Probe } from "./probe.ts";

const provider = await nodeCpu({ threads: 1 });
const source = ring8.open();

async function trained(id: string, given: Readonly<Record<string, unknown>> = {}, steps = 2) {
  const system = await loadSystem(id);
  const options = systemOptions(system, { ...system.tiny, ...given });
  const game = buildGame(system, { options, fields: source.fields });
  const trainer = new Trainer({ game, source, provider, seed: 1, chunk: 1 });
  while (trainer.step < steps) await trainer.advance(steps);
  const probe = new Probe({ game, source, seed: 1, trainer, device: { provider } });
  const look = async () => {
    const { fakes, pull } = await probe.look({ pull: true });
    return { fakes: fakes!, pull: pull! };
  };
  return { game, trainer, probe, look };
}

test("is minus the slope of softplus(−D) at each fake", async () => {
  const { game, probe, look } = await trained("custom", { batch: 8 }, 20);
  const { fakes, pull } = await look();
  const { batch } = game;
  const h = 1e-2;
  const beside = Float32Array.from({ length: 8 * batch }, (_, i) => {
    const [point, side, axis] = [Math.floor(i / 8), Math.floor(i / 4) % 2, Math.floor(i / 2) % 2];
    const along = i % 2;
    return fakes[2 * point + along]! + (along === axis ? (side ? -h : h) : 0);
  });
  const { scores } = await probe.look({ items: beside });
  const loss = Float64Array.from(scores!, (s) => Math.log1p(Math.exp(-s)));
  for (let point = 0; point < batch; point++) {
    for (const axis of [0, 1]) {
      const slope = (loss[4 * point + axis]! - loss[4 * point + 2 + axis]!) / (2 * h);
      expect(pull[2 * point + axis]).toBeCloseTo(-slope, 3);
    }
  }
});

test("the same codes are looked at while the generator moves, and looking changes nothing", async () => {
  const { trainer, look } = await trained("custom", {}, 1);
  const before = await trainer.snapshot();
  const [first, again] = [await look(), await look()];
  expect(again).toEqual(first);
  expect(await trainer.snapshot()).toEqual(before);
  await trainer.advance(2);
  const { fakes } = await look();
  expect(fakes).not.toEqual(first.fakes);
  const moved = fakes.reduce((most, v, i) => Math.max(most, Math.abs(v - first.fakes[i]!)), 0);
  expect(moved).toBeLessThan(0.2);
});

test("makes items of codes with the weights of the moment, whatever the average is", async () => {
  const { trainer, probe } = await trained("custom", { averageHalfLife: 1e9 }, 1);
  const codes = Float32Array.of(1, 0, 0, 1, -1, 2);
  const before = (await probe.look({ codes })).made!;
  await trainer.advance(2);
  const { made, scores, step } = await probe.look({ codes, items: codes });
  expect([made!.length, scores!.length, step]).toEqual([6, 3, 2]);
  expect(made).not.toEqual(before);
});

test("a discriminator that says more than a number of an item gives no scores", async () => {
  const { probe } = await trained("ssgan-la");
  expect(await probe.look({ items: Float32Array.of(0, 1) })).toEqual({ step: 2 });
});

describe("every system that learns points", () => {
  test.each(pointSystemIds)("%s has a pull on its fakes", async (id) => {
    const { game, look, probe, trainer } = await trained(id);
    const { fakes, pull } = await look();
    expect(fakes.length).toBe(2 * game.batch);
    expect(pull.every(Number.isFinite)).toBe(true);
    expect(pull.some((v) => v !== 0)).toBe(true);
    await Promise.all([probe.dispose(), trainer.dispose()]);
  });
});

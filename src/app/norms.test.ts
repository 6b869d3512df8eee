import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { NormProbe } from "../train/norms.ts";
import { Trainer } from "../train/trainer.ts";
import { buildGame, loadSystem, resolveConfig } from "./config.ts";
import { openNorms } from "./norms.ts";

const norm = (values: Iterable<number>): number =>
  Math.sqrt([...values].reduce((sum, v) => sum + v * v, 0));

async function open() {
  const system = await loadSystem("gan-vanilla");
  // Without momentum, what Adam keeps of the gradients is the last one.
  const options = { ...system.tiny, beta1: 1e-9 };
  const { config, source } = await resolveConfig({ system: system.id, options, seed: 2 });
  const game = buildGame(system, config);
  const provider = await nodeCpu({ threads: 1 });
  const all = { game, source, provider, seed: 2, chunk: 1 };
  const trainer = new Trainer(all);
  await trainer.advance(100);
  return { all, trainer };
}

let opened: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  opened = await open();
});
afterAll(() => opened.trainer.dispose());

/** All numbers whose names match, in order. */
async function read(trainer: Trainer, pattern: RegExp): Promise<number[]> {
  const { values } = await trainer.snapshot();
  return [...values].flatMap(([name, { data }]) => (pattern.test(name) ? [...data] : []));
}

test("the norms are those of the tick that comes next, which they do not change", async () => {
  const { all, trainer } = opened;
  const before = await read(trainer, /./);
  const probe = new NormProbe(all, trainer);
  const said = await probe.take();
  expect(await probe.take()).toEqual(said);
  expect(await read(trainer, /./)).toEqual(before);
  const own = (player: string) => new RegExp(`^${player}\\.`);
  const weights = { g: await read(trainer, own("g")), d: await read(trainer, own("d")) };
  await trainer.advance(100);
  for (const player of ["g", "d"] as const) {
    const norms = said[player]!;
    const moved = (await read(trainer, own(player))).map((v, i) => v - weights[player][i]!);
    const gradients = await read(trainer, new RegExp(`^optimiser\\.${player}\\..*\\.gradients$`));
    expect(gradients.length).toBe(moved.length);
    expect(norms.weights / norm(weights[player])).toBeCloseTo(1, 5);
    expect(norms.update / norm(moved)).toBeCloseTo(1, 3);
    expect(norms.gradient / norm(gradients)).toBeCloseTo(1, 3);
  }
  await probe.dispose();
});

test("a graph that fails ends no training: there are no norms then", async () => {
  const { all, trainer } = opened;
  const provider = { ...all.provider, create: () => Promise.reject(new Error("no memory")) };
  const taker = openNorms({ ...all, provider }, trainer);
  expect(await taker.take()).toBeUndefined();
  expect(await taker.take()).toBeUndefined();
  await taker.dispose();
});

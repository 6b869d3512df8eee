import { totalmem } from "node:os";
import { expect, test } from "vitest";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { Trainer } from "../train/trainer.ts";
import { type Asked, buildGame, loadSystem, resolveConfig } from "./config.ts";
import { type MemoryQuestion, memoryLeft, requireMemory } from "./memory.ts";

const provider = await nodeCpu({ threads: 1 });
const mib = 2 ** 20;

async function question(options: Asked["options"]): Promise<MemoryQuestion> {
  const { config, source } = await resolveConfig({ system: "dcgan", options, steps: 100 });
  const system = await loadSystem("dcgan");
  const game = buildGame(system, config);
  const trainer = new Trainer({ game, source, provider, seed: 0, chunk: 1 });
  return { config, source, provider, trainer };
}

test("tells what training will hold, and no less than its parts", async () => {
  const forecast = (await requireMemory(await question({ width: 8, batch: 16 })))!;
  expect(forecast.workingBytes).toBeGreaterThan(mib);
  expect(forecast.processBytes).toBeGreaterThan(2 * forecast.stateBytes + forecast.workingBytes);
});

test("grows with the batch", async () => {
  const of = async (batch: number) =>
    (await requireMemory(await question({ width: 8, batch })))!.workingBytes;
  const [small, large] = [await of(16), await of(64)];
  expect(large / small).toBeGreaterThan(2);
  expect(large / small).toBeLessThan(4.5);
});

test("refuses what does not fit, and names a batch that does", async () => {
  const asked = await question({ width: 8, batch: 512 });
  const left = 200 * mib;
  const refusal = await requireMemory(asked, left).catch((error: Error) => error.message);
  expect(refusal).toMatch(/MEMORY .*MiB.*choose --batch \d+/s);
  const fits = Number(/--batch (\d+)/.exec(refusal as string)![1]);
  expect(fits).toBeGreaterThan(16);
  expect(fits).toBeLessThan(512);
  // The process itself grew meanwhile, by what tracing took: it is not asked to fit again.
  const smaller = (await question({ width: 8, batch: fits })).trainer.forecast(100, 0);
  expect(smaller.processBytes).toBeLessThanOrEqual(left);
});

test("says so when no batch fits", async () => {
  const asked = await question({ width: 64, batch: 4 });
  await expect(requireMemory(asked, 20 * mib)).rejects.toThrow(/no smaller batch fits either/);
});

test("does not speak of a device's memory", async () => {
  const onDevice = { ...provider, target: { provider: "webgpu", nchwcBlock: 0 } as const };
  const asked = await question({ width: 8, batch: 4 });
  expect(await requireMemory({ ...asked, provider: onDevice })).toBeUndefined();
});

test("what is left is some of what the machine has", () => {
  expect(memoryLeft(0)).toBeGreaterThan(100 * mib);
  expect(memoryLeft(0)).toBeLessThanOrEqual(totalmem());
});

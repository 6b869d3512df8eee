import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { decodeSafetensors } from "../core/safetensors.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import type { LoopEvent } from "../train/loop.ts";
import { RunFolder } from "../train/run-folder.ts";
import { type Asked, loadSystem, type RunConfig, resolveConfig } from "./config.ts";
import { reproduce } from "./reproduction.ts";
import { resumeConfig } from "./resume.ts";
import { readRunConfig } from "./run-config.ts";
import { runTraining } from "./run-training.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-precision-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function tiny(asked: Partial<Asked>): Promise<RunConfig> {
  const { tiny: options } = await loadSystem("wgan-gp");
  const given = { system: "wgan-gp", options, seed: 3, threads: 1, health: false, ...asked };
  return (await resolveConfig(given)).config;
}

async function train(config: RunConfig, name: string, resume = false): Promise<LoopEvent[]> {
  const events: LoopEvent[] = [];
  const request = { config, runPath: join(root, name), resume };
  await runTraining(
    request,
    (event) => events.push(event),
    () => false,
  );
  return events;
}

const checkpoint = (name: string, step: number) => {
  const file = join(root, name, "checkpoints", `step-${String(step).padStart(8, "0")}.safetensors`);
  return decodeSafetensors(readFileSync(file), file).tensors;
};

test("a run in f16 says what it costs, keeps float32, and is taken up bit-equal", async () => {
  const config = await tiny({ precision: "f16", steps: 12 });
  const events = await train(config, "whole");
  const [note] = events.filter((event) => event.kind === "note");
  expect(note!.text).toMatch(/emulated, slower/);
  const progress = events.findLast((event) => event.kind === "progress");
  expect(progress!.values["d.lossScale"]).toBeGreaterThanOrEqual(2);
  await train({ ...config, steps: 6 }, "parts");
  await train(config, "parts", true);
  const [whole, parts] = [checkpoint("whole", 12), checkpoint("parts", 12)];
  expect([...parts]).toEqual([...whole]);
  expect(whole.get("precision.d.scale")!.shape).toEqual([]);
  for (const { dtype } of whole.values()) expect(dtype).toBe("F32");
});

test("a run changes its precision when it is resumed, there and back", async () => {
  const full = await tiny({ steps: 4 });
  expect(await train(full, "changing")).not.toContainEqual(
    expect.objectContaining({ kind: "note" }),
  );
  const path = join(root, "changing");
  const scales: number[] = [];
  for (const [precision, steps] of [
    ["f16", 8],
    ["f32", 12],
    ["f16", 16],
  ] as const) {
    const stored = readRunConfig(RunFolder.open(path));
    const config = await resumeConfig(path, stored, { system: "wgan-gp", precision, steps });
    expect(config.precision).toBe(precision);
    await train(config, "changing", true);
    scales.push(checkpoint("changing", steps).get("precision.d.scale")!.data[0]!);
  }
  // The scale that was found is kept meanwhile.
  expect(scales[0]).toBeLessThan(2 ** 16);
  expect(scales[1]).toBe(scales[0]);
});

test("what overflows float16 for good stops the run, with the operator and all that runs it again", async () => {
  const { tiny: options } = await loadSystem("gan-vanilla");
  const { config } = await resolveConfig({
    system: "gan-vanilla",
    // Adam's steps have the size of the rate: weights beyond the largest half.
    options: { ...options, generatorRate: 1e5 },
    precision: "f16",
    steps: 30,
    chunk: 5,
    seed: 3,
    threads: 1,
  });
  const events: LoopEvent[] = [];
  const request = { config, runPath: join(root, "overflowing"), resume: false };
  const listen = (event: LoopEvent) => events.push(event);
  await expect(runTraining(request, listen, () => false)).rejects.toThrow(/NON_FINITE/);
  const told = events.find((event) => event.kind === "nonfinite")!;
  expect(told.text).toMatch(/ made (NaN|infinity) in \d+ of \d+ values, from /);
  const { reproduced } = await reproduce(told.folder!, await nodeCpu({ threads: 1 }));
  expect(reproduced).toBe(true);
});

test("another word is refused", async () => {
  await expect(tiny({ precision: "bf16" as "f16" })).rejects.toThrow(/OPTION.*precision/);
});

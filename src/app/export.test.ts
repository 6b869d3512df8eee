import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { loadSystem, resolveConfig } from "./config.ts";
import { exportGenerator } from "./export.ts";
import { runTraining } from "./run-training.ts";
import { classNumber, openRun } from "./sample.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-export-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function trained(system: string, data: string, name = `${system}-${data}`) {
  const { tiny: options } = await loadSystem(system);
  const { config } = await resolveConfig({ system, options, data, steps: 2, threads: 1 });
  const runPath = join(root, name);
  await runTraining(
    { config, runPath, resume: false },
    () => {},
    () => false,
  );
  return openRun(runPath, { threads: 1 });
}

describe("a run that is opened", () => {
  test("samples repeat, differ by seed, and item i is the same in every count", async () => {
    const run = await trained("dcgan", "mnist", "samples");
    const some = await run.sample({ count: 70, seed: 1 });
    expect(some.length).toBe(70 * 28 * 28);
    expect(await run.sample({ count: 3, seed: 1 })).toEqual(some.subarray(0, 3 * 28 * 28));
    expect(await run.sample({ count: 3, seed: 2 })).not.toEqual(some.subarray(0, 3 * 28 * 28));
    const narrow = await run.sample({ count: 3, seed: 1, truncation: 0.5 });
    expect(narrow).not.toEqual(some.subarray(0, 3 * 28 * 28));
    expect(() => classNumber(run, "7")).toThrow(/UNCONDITIONAL/);
    await run.dispose();
  });
});

describe.each([
  ["dcgan", "mnist"],
  ["wgan-gp", "mnist"],
  ["wgan-gp", "grid25"],
  ["gan-vanilla", "gaussian-1d"],
])("the exported generator of %s on %s", (system, data) => {
  test("makes the run's own samples, for any number of codes, and says what it is", async () => {
    const run = await trained(system, data);
    const { file, bytes, maxDifference, dynamicBatch } = await exportGenerator(run);
    expect(dynamicBatch).toBe(true);
    expect(maxDifference).toBeLessThanOrEqual(1e-5);
    const model = readFileSync(file);
    expect(model.length).toBe(bytes);
    for (const text of [system, "ganymede.latent", run.config.data.about.credit]) {
      expect(model.includes(text), text).toBe(true);
    }
    // Alone: other than the codes, nothing is fed.
    const provider = await nodeCpu({ threads: 1 });
    const session = await provider.create(model);
    const latent = run.game.sampler.noise.z!.shape[0]!;
    const z = provider.value("f32", [5, latent], new Float32Array(5 * latent));
    const out = await session.run({ z });
    expect(out[run.game.field]!.shape).toEqual([5, ...run.field.shape]);
    await session.dispose();
    await run.dispose();
  });
});

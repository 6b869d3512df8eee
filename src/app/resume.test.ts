import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { RunFolder } from "../train/run-folder.ts";
import { type Asked, loadSource, loadSystem, type RunConfig, resolveConfig } from "./config.ts";
import { resumeConfig } from "./resume.ts";
import { runTraining } from "./run-training.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-resume-"));
const path = join(root, "run");
afterAll(() => rmSync(root, { recursive: true, force: true }));

let config: RunConfig;
beforeAll(async () => {
  const { tiny: options } = await loadSystem("gan-vanilla");
  ({ config } = await resolveConfig({ system: "gan-vanilla", options, steps: 2, threads: 1 }));
  await runTraining(
    { config, runPath: path, resume: false },
    () => {},
    () => false,
  );
});

const resume = (asked: Partial<Asked>) =>
  resumeConfig(path, config, { system: "gan-vanilla", ...asked });

describe("what a run is resumed with", () => {
  test("is what it has; settings and the batch may change", async () => {
    expect(await resume({})).toEqual(config);
    expect(await resume({ options: { width: 8 }, seed: 0, data: "ring8" })).toEqual(config);
    const more = await resume({ steps: 9, threads: 2, chunk: 1 });
    expect(more).toEqual({ ...config, steps: 9, threads: 2, chunk: 1 });
    const other = await resume({ options: { batch: 6 } });
    expect(other).toEqual({
      ...config,
      options: { ...config.options, batch: 6 },
      earlierBatches: [4],
    });
  });

  const others: [string, Partial<Asked>, RegExp][] = [
    ["another option", { options: { width: 9 } }, /width of .*run.*expected 8, got 9; leave width/],
    ["other data", { data: "grid25" }, /data of .*expected ring8, got grid25/],
    ["another data option", { dataOptions: { scale: 3 } }, /data\.scale of .*got 3/],
    ["another seed", { seed: 1 }, /seed of .*expected 0, got 1/],
    ["another system", { system: "wgan-gp" }, /system of .*expected gan-vanilla, got wgan-gp/],
  ];
  test.each(others)("refuses %s, naming it", async (_, asked, message) => {
    await expect(resume(asked)).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
    await expect(resume(asked)).rejects.toThrow(message);
  });
});

describe("a checkpoint that is not this run's", () => {
  const again = (other: Partial<RunConfig>) =>
    runTraining(
      { config: { ...config, ...other }, runPath: path, resume: true },
      () => {},
      () => false,
    );

  test("is refused for its options, for fewer steps, and leaves the run as it was", async () => {
    await expect(again({ options: { ...config.options, latent: 3 } })).rejects.toThrow(/latent of/);
    await expect(again({ steps: 1 })).rejects.toThrow(/steps of .*expected at least the 2 that/);
    expect(RunFolder.open(path).readConfig()).toEqual({
      ...config,
      madeBy: expect.stringMatching(/^ganymede \d.*onnxruntime \d.*node v\d/),
    });
  });

  test("is refused for the shape of a tensor", async () => {
    const run = RunFolder.open(path);
    const { info, snapshot } = run.load();
    const values = new Map(snapshot.values);
    const [name] = values.keys();
    values.set(name!, { shape: [1, 1], data: new Float32Array(1) });
    run.save({ ...snapshot, values }, info);
    await expect(again({ steps: 3 })).rejects.toThrow(/CHECKPOINT_MISMATCH expected .* of shape/);
  });
});

describe("a run whose batch changes", () => {
  const positions: [start: number, count: number][] = [];
  const train = async (runPath: string, other: Partial<RunConfig>, resumed: boolean) => {
    const definition = await loadSource("ring8");
    const { batch } = await definition.open();
    const spy = vi.spyOn(definition, "open");
    const source = await definition.open();
    spy.mockImplementation(() => ({
      ...source,
      batch(start, count, seed) {
        positions.push([start, count]);
        return batch(start, count, seed);
      },
    }));
    try {
      // A look at health reads the data of the tick that comes next.
      const asked = { ...config, chunk: 1, health: false, ...other };
      const request = { config: asked, runPath, resume: resumed };
      await runTraining(
        request,
        () => {},
        () => false,
      );
    } finally {
      spy.mockRestore();
    }
    return RunFolder.open(runPath).load();
  };

  test("goes on at the next image of the data, and counts images", async () => {
    const other = join(root, "batches");
    expect((await train(other, { steps: 3 }, false)).info.images).toBe(12);
    positions.length = 0;
    const options = { ...config.options, batch: 6 };
    const { info } = await train(other, { steps: 5, options }, true);
    expect(info).toMatchObject({ step: 5, images: 24, options: { batch: 6 } });
    const trained = positions.filter(([start, count]) => start > 0 && count === 6);
    expect(trained).toEqual([
      [12, 6],
      [18, 6],
    ]);
    // And back again.
    expect((await train(other, { steps: 6 }, true)).info.images).toBe(28);
  });
});

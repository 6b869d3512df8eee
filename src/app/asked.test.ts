import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { listCheckpoints } from "../train/checkpoint.ts";
import { RunFolder } from "../train/run-folder.ts";
import { askedOf, mergeAsked, repeatConfig } from "./asked.ts";
import { type Asked, loadSystem, type RunConfig, resolveConfig } from "./config.ts";
import { fileOf, readConfigFile } from "./config-file.ts";
import { previewTraining } from "./preview.ts";
import { readRunConfig } from "./run-config.ts";
import { runTraining } from "./run-training.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-asked-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const train = (config: RunConfig, name: string) =>
  runTraining(
    { config, runPath: join(root, name), resume: false },
    () => {},
    () => false,
  );

const digest = (name: string) =>
  createHash("sha256")
    .update(readFileSync(join(root, name, "checkpoints", "step-00000012.safetensors")))
    .digest("hex");

test("what wins: flags over the file, names one by one; other data have other options", () => {
  const file: Partial<Asked> = {
    system: "dcgan",
    data: "mnist",
    dataOptions: { side: 16 },
    options: { width: 8, latent: 2 },
    measure: { metrics: ["fid"], samples: 50 },
    steps: 3,
  };
  const merged = mergeAsked(file, {
    options: { width: 9 },
    measure: { everyImages: 7 },
    seed: undefined,
    steps: 4,
  });
  expect(merged).toEqual({
    ...file,
    options: { width: 9, latent: 2 },
    measure: { metrics: ["fid"], samples: 50, everyImages: 7 },
    steps: 4,
  });
  expect(mergeAsked(file, { data: "ring8" })).toMatchObject({
    data: "ring8",
    dataOptions: undefined,
  });
});

test("a preset brings its data, unless others are named", async () => {
  const of = async (asked: Partial<Asked>) =>
    (await resolveConfig({ system: "wgan-gp", preset: "grid25", ...asked })).config.data;
  expect(await of({})).toMatchObject({ source: "grid25", options: { scale: 0.5 } });
  expect(await of({ dataOptions: { scale: 2 } })).toMatchObject({ options: { scale: 2 } });
  expect(await of({ data: "ring8" })).toMatchObject({ source: "ring8", options: { scale: 1 } });
});

describe("a run", () => {
  let config: RunConfig;
  beforeAll(async () => {
    const { tiny: options } = await loadSystem("gan-vanilla");
    const asked = { system: "gan-vanilla", options, steps: 12, seed: 5, threads: 1, chunk: 2 };
    const best = { metric: "modes", patience: 2 };
    const measure = { everyImages: 8, samples: 64 };
    ({ config } = await resolveConfig({ ...asked, best, measure, checkpoints: { last: 3 } }));
    await train({ ...config, best: { metric: config.best!.metric } }, "first");
  }, 20_000);

  test("repeats bit by bit from its run.json; a change is a change", async () => {
    const { config: again } = await repeatConfig(join(root, "first", "run.json"));
    expect({ ...again, best: config.best }).toEqual(config);
    await train(again, "again");
    expect(digest("again")).toBe(digest("first"));
    const { config: other } = await repeatConfig(join(root, "first"), { seed: 6 });
    expect(other).toEqual({ ...again, seed: 6 });
  }, 20_000);

  test("that was changed on the way, or whose data are others now, is not repeated", async () => {
    const change = (name: string, other: Partial<RunConfig>) =>
      RunFolder.create(join(root, name), { ...config, ...other }).path;
    const batches = change("batches", { earlierBatches: [8] });
    await expect(repeatConfig(batches)).rejects.toThrow(/NOT_REPEATABLE.*batches of 8, then 4/);
    const cut = change("cut", { rateCuts: [{ from: 3, factor: 0.5 }] });
    await expect(repeatConfig(cut)).rejects.toThrow(/NOT_REPEATABLE.*--rate-scale/);
    const fields = { point: { ...config.fields.point!, shape: [3] } };
    await expect(repeatConfig(change("data", { fields }))).rejects.toThrow(/DATA_CHANGED/);
  });

  test("keeps its best checkpoint, and ends when no better one comes", async () => {
    const outcome = await train(config, "patient");
    // Every second step is measured; a generator of 12 steps finds no mode, so the first stays best.
    expect(outcome).toEqual({ step: 6, why: "patience" });
    const path = join(root, "patient");
    expect(RunFolder.open(path).load("best").info.step).toBe(2);
    expect(listCheckpoints(join(path, "checkpoints"))).toEqual([2, 6]);
    expect(JSON.parse(readFileSync(join(path, "ended.json"), "utf8"))).toEqual(outcome);
  }, 20_000);

  test("as a file is the same run", async () => {
    const file = join(root, "run.yaml");
    writeFileSync(file, stringify(fileOf(config)));
    const asked = (await readConfigFile(file)) as Asked;
    expect((await resolveConfig(asked)).config).toEqual(config);
    expect(mergeAsked({}, asked)).toEqual(askedOf(config));
  });

  test("that is damaged names the field", () => {
    const broken = (text: string) => {
      const run = RunFolder.open(join(root, "first"));
      const good = readFileSync(run.configFile);
      writeFileSync(run.configFile, text);
      try {
        return readRunConfig(run);
      } finally {
        writeFileSync(run.configFile, good);
      }
    };
    const { seed: _, ...without } = config;
    expect(() => broken(JSON.stringify(without))).toThrow(/\[seed of .*run\.json\] RUN_CORRUPT/);
    const wrong = { ...config, fields: { point: { ...config.fields.point, dtype: "f64" } } };
    expect(() => broken(JSON.stringify(wrong))).toThrow(/\[fields\.point\.dtype of .*RUN_CORRUPT/);
    expect(() => broken("null")).toThrow(/\[the whole of .*RUN_CORRUPT expected object, got null/);
    expect(() => broken("{")).toThrow(/RUN_CORRUPT expected valid JSON/);
  });

  test("can be looked at before: parameters, graphs, memory and time as they then are", async () => {
    const { source } = await resolveConfig(askedOf(config));
    const preview = await previewTraining(config, source);
    const { snapshot } = RunFolder.open(join(root, "first")).load();
    const sizes = [...snapshot.values].map(([name, v]) => [name, v.data.length] as const);
    const sum = (prefix: string) =>
      sizes.filter(([name]) => name.startsWith(prefix)).reduce((n, [, size]) => n + size, 0);
    expect(preview.nets).toEqual([
      { name: "d", parameters: sum("d.") },
      { name: "g", parameters: sum("g.") },
    ]);
    expect(preview.memory.stateBytes).toBe(4 * sum(""));
    expect(preview.memory.workingBytes).toBeGreaterThan(1000);
    expect(preview.memory.predictedBytes).toBeGreaterThan(preview.memory.stateBytes);
    expect(preview.graphs.map(({ steps }) => steps)).toEqual([2]);
    expect(preview.graphs[0]!.nodes).toBeGreaterThan(100);
    expect(preview.time.stepsTimed).toBe(2);
    expect(preview.time.seconds).toBeCloseTo(12 * preview.time.secondsPerStep, 9);
  }, 20_000);
});

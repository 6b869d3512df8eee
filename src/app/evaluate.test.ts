import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import type { Stock } from "../metrics/evidence.ts";
import { assertComparable } from "../metrics/score-record.ts";
import { loadSystem, resolveConfig } from "./config.ts";
import { type Evaluation, evaluate, keepEvaluation } from "./evaluate.ts";
import { openInstruments } from "./instruments.ts";
import { runTraining } from "./run-training.ts";
import { openRun } from "./sample.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-evaluate-"));
beforeAll(() => {
  process.env.GANYMEDE_CACHE = join(root, "cache");
});
afterAll(() => {
  delete process.env.GANYMEDE_CACHE;
  rmSync(root, { recursive: true, force: true });
});

const small = { samples: 120, reference: 150, seed: 0 };

async function trained(system: string, data: string, measure = {}) {
  const { tiny: options } = await loadSystem(system);
  const { config } = await resolveConfig({
    system,
    options,
    data,
    steps: 2,
    threads: 1,
    ...measure,
  });
  const runPath = join(root, `${system}-${data}`);
  const events: object[] = [];
  await runTraining(
    { config, runPath, resume: false },
    (event) => events.push(event),
    () => false,
  );
  return { events, run: await openRun(runPath, { threads: 1 }) };
}

describe("a run on digits", () => {
  test("is measured by what fits; the verdict of noise is not good", {
    timeout: 60_000,
  }, async () => {
    const { run } = await trained("dcgan", "mnist");
    const evaluation = await evaluate(run, small);
    const { scores, silent, verdict } = evaluation;
    expect(silent).toEqual([]);
    const ids = scores.map((s) => s.metric);
    for (const id of ["fid", "kid", "improved-recall", "density", "inception-score", "am-score"]) {
      expect(ids).toContain(id);
    }
    for (const { value, samples, extractor, metric } of scores) {
      expect(Number.isFinite(value), metric).toBe(true);
      expect(samples).toEqual({ real: 150, fake: 120 });
      expect(extractor?.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    // The classifier only says classes; features are the encoder's, which saw no label.
    const by = Object.fromEntries(scores.map((s) => [s.metric, s.extractor!.id]));
    expect([by.fid, by["inception-score"]]).toEqual(["encoder", "digits"]);
    expect(["collapsed", "poor"]).toContain(verdict.quality);
    const file = keepEvaluation(evaluation);
    keepEvaluation(evaluation);
    const lines = readFileSync(file, "utf8").trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as Evaluation).step)).toEqual([2, 2]);

    // The same again: the seed settles everything, and the moments of the data come from the cache.
    const again = await evaluate(run, { ...small, metrics: ["fid", "kid"] });
    expect(again.scores.map((s) => s.value)).toEqual(scores.slice(0, 2).map((s) => s.value));
    const other = await evaluate(run, { ...small, samples: 100, metrics: ["fid"] });
    expect(() => assertComparable(again.scores[0]!, other.scores[0]!)).toThrow(/SCORES_DIFFER/);
    await run.dispose();
  });

  test("a changed model file is refused, and so is one that is no model", async () => {
    const { run } = await trained("gan-vanilla", "mnist");
    const file = join(root, "other.onnx");
    writeFileSync(file, "not a model");
    const asked = { ...small, metrics: ["fid"], extractor: "digits", extractorFile: file };
    await expect(evaluate(run, asked)).rejects.toMatchObject({ code: "EXTRACTOR_HASH" });
    const record = join(root, "mine.json");
    const digits = readFileSync("data/extractors/digits.json", "utf8");
    const { sha256: _, ...unpinned } = JSON.parse(digits);
    writeFileSync(record, JSON.stringify(unpinned));
    await expect(evaluate(run, { ...asked, extractor: record })).rejects.toMatchObject({
      code: "SESSION",
    });
    await run.dispose();
  });
});

describe("a run on points", () => {
  test("is measured by its modes, also on the way", async () => {
    const measure = { metrics: ["modes", "swd"], everyImages: 4, samples: 64 };
    const { run, events } = await trained("gan-vanilla", "ring8", { measure });
    const said = events.filter((e) => "kind" in e && e.kind === "scores") as { values: object }[];
    expect(said).toHaveLength(2);
    expect(Object.keys(said[0]!.values)).toEqual(["mode-coverage", "sliced-wasserstein"]);
    const { scores } = await evaluate(run, small);
    expect(scores.map((s) => s.metric)).toContain("mode-coverage");
    expect(scores.every((s) => s.extractor === undefined)).toBe(true);
    await run.dispose();
  });

  test("mistyped metrics, and those that need what there is not", async () => {
    const run = await openRun(join(root, "gan-vanilla-ring8"), { threads: 1 });
    const ask = (...metrics: string[]) => evaluate(run, { ...small, metrics });
    await expect(ask("fidd")).rejects.toThrow(/UNKNOWN_METRIC[\s\S]*did you mean fid\?/);
    await expect(ask("is")).rejects.toMatchObject({ code: "METRIC_NEEDS" });
    await expect(ask("intra-fid")).rejects.toMatchObject({ code: "METRIC_NEEDS" });
    await run.dispose();
  });
});

test("a generator of one image: FID says nothing, others go on, the verdict is collapse", async () => {
  const { config, source } = await resolveConfig({ system: "dcgan", options: { width: 4 } });
  const { buildGame } = await import("./config.ts");
  const game = buildGame(await loadSystem("dcgan"), config);
  const provider = await nodeCpu({ threads: 1 });
  const asked = { ...small, metrics: ["fid", "is"] };
  const instruments = await openInstruments({ game, source, provider }, asked);
  const same: Stock = {
    name: "constant",
    count: 120,
    shape: [1, 28, 28],
    range: [-1, 1],
    async *pieces() {
      yield new Float32Array(120 * 784).fill(0.5);
    },
  };
  const { scores, silent } = await instruments.measure(same);
  expect(silent.map((s) => [s.metric, s.code])).toEqual([["fid", "METRIC_DEGENERATE"]]);
  expect(scores[0]!.value).toBeCloseTo(1, 6);
  await instruments.dispose();
});

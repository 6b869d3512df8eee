import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { RunFolder } from "../train/run-folder.ts";
import { RunLock } from "../train/run-lock.ts";
import { compareRuns } from "./compare-runs.ts";
import { type RunConfig, resolveConfig } from "./config.ts";
import { recordEnding } from "./run-ending.ts";
import { deleteRun, listRuns, tagRun } from "./runs.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-runs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let out: string;
beforeEach(() => {
  out = mkdtempSync(join(root, "runs-"));
});

const options = { width: 8, batch: 4 };
const { config } = await resolveConfig({ system: "gan-vanilla", options, steps: 20 });

/** A run as training leaves it. */
function make(name: string, step: number, other: Partial<RunConfig> = {}): string {
  const path = join(out, name);
  const run = RunFolder.create(path, { ...config, ...other });
  const values = new Map([["w", { shape: [1], data: new Float32Array(1) }]]);
  if (step > 0) {
    run.save({ step, images: 4 * step, values }, { seed: 0, system: "gan-vanilla", options });
    run.log([{ step, values: { "d.loss": step } }]);
  }
  return path;
}

const score = (metric: string, value: number, fake = 100) => ({
  metric,
  value,
  samples: { real: 100, fake },
  seed: 0,
});
const evaluate = (path: string, step: number, ...scores: object[]) =>
  writeFileSync(join(path, "scores.jsonl"), `${JSON.stringify({ step, scores })}\n`, { flag: "a" });

describe("the list of runs", () => {
  test("says of each how it stands", async () => {
    recordEnding(make("done", 20), { why: "steps", step: 20 });
    recordEnding(make("failed", 10), { why: "failed", code: "NON_FINITE", message: "" });
    make("killed", 10);
    const lock = RunLock.take(make("now", 0));
    make("damaged", 0);
    writeFileSync(join(out, "damaged", "run.json"), '{"system":"dcgan"}');
    mkdirSync(join(out, "no-run"));
    const list = await listRuns(out);
    lock.release();
    const told = list.map(({ name, state, error, step, steps }) => [
      name,
      state,
      error,
      step,
      steps,
    ]);
    expect(told.sort()).toEqual([
      ["damaged", "unreadable", "RUN_CORRUPT", 0, undefined],
      ["done", "done", undefined, 20, 20],
      ["failed", "failed", "NON_FINITE", 10, 20],
      ["killed", "broken off", undefined, 10, 20],
      ["now", "training", undefined, 0, 20],
    ]);
    for (const { bytes, started } of list) {
      expect(bytes).toBeGreaterThan(0);
      expect(new Date(started).getFullYear()).toBeGreaterThan(2000);
    }
  });

  test("has the best score: by the run's own metric, of those measured alike", async () => {
    const path = make("scored", 20, { best: { metric: "kid" } });
    evaluate(path, 5, score("fid", 1), score("kid", 0.1, 50));
    evaluate(path, 10, score("fid", 9), score("kid", 0.2));
    evaluate(path, 20, score("fid", 8), score("kid", 0.3));
    const other = make("other", 20);
    evaluate(other, 10, score("coverage", 0.4));
    evaluate(other, 20, score("coverage", 0.3));
    const list = await listRuns(out);
    const best = Object.fromEntries(list.map((run) => [run.name, run.best]));
    // The 0.1 was of fewer samples. Coverage is better when it is higher.
    expect(best.scored).toEqual({ metric: "kid", value: 0.2, step: 10 });
    expect(best.other).toEqual({ metric: "coverage", value: 0.4, step: 10 });
  });
});

test("tags are words, sorted, each once", async () => {
  const path = make("run", 0);
  expect(tagRun(path, ["wide", "good", "good"])).toEqual(["good", "wide"]);
  expect(tagRun(path, ["new"], ["wide"])).toEqual(["good", "new"]);
  expect((await listRuns(out))[0]!.tags).toEqual(["good", "new"]);
  expect(() => tagRun(path, ["../x"])).toThrow(/OPTION.*"\.\.\/x"/);
  expect(() => tagRun(join(out, "none"), ["x"])).toThrow(/NO_RUN/);
});

test("a comparison has what differs, and says which scores may be compared", () => {
  const a = make("a", 10);
  const b = make("b", 20, { seed: 1, options: { ...config.options, width: 9 } });
  evaluate(a, 10, score("fid", 3), score("kid", 1));
  evaluate(b, 20, score("fid", 2), score("kid", 1, 7), score("coverage", 1));
  const { settings, readings, scores } = compareRuns(a, b);
  expect(settings).toEqual([
    { name: "options.width", values: [8, 9] },
    { name: "seed", values: [0, 1] },
  ]);
  expect(readings).toEqual([{ name: "d.loss", values: [10, 20] }]);
  expect(scores).toEqual([
    { name: "fid", values: [3, 2], steps: [10, 20], isFair: true },
    { name: "kid", values: [1, 1], steps: [10, 20], isFair: false },
    { name: "coverage", values: [undefined, 1], steps: [undefined, 20], isFair: false },
  ]);
});

describe("a run is deleted", () => {
  test("with all its files", () => {
    const path = make("run", 10);
    deleteRun(out, path);
    expect(existsSync(path)).toBe(false);
    expect(() => deleteRun(out, path)).toThrow(/NO_RUN/);
  });

  test("not while it is trained, not elsewhere, not through a link, not when it is no run", () => {
    const path = make("run", 10);
    const lock = RunLock.take(path);
    expect(() => deleteRun(out, path)).toThrow(/RUN_BUSY/);
    lock.release();
    expect(() => deleteRun(root, path)).toThrow(/RUN_ELSEWHERE expected a run in/);
    symlinkSync(path, join(out, "link"));
    expect(() => deleteRun(out, join(out, "link"))).toThrow(/RUN_ELSEWHERE.*a link/);
    expect(() => deleteRun(root, out)).toThrow(/NO_RUN/);
    expect(existsSync(join(path, "run.json"))).toBe(true);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Aim, BestKeeper } from "./best.ts";
import {
  type CheckpointChoice,
  listCheckpoints,
  loadCheckpoint,
  saveCheckpoint,
} from "./checkpoint.ts";
import { type Retention, superseded } from "./retention.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-checkpoints-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, "run-"));
});

function save(step: number, keep?: Retention): void {
  const values = new Map([["w", { shape: [1], data: Float32Array.of(step) }]]);
  const info = { seed: 0, system: "s", options: {} };
  saveCheckpoint(folder, { step, images: 4 * step, values }, info, keep);
}
const load = (choice?: CheckpointChoice) =>
  loadCheckpoint(folder, choice).snapshot.values.get("w")!.data;

describe("which checkpoints go", () => {
  const steps = [100, 210, 300, 430, 510, 600];

  test("all but the newest two, unless it is said otherwise", () => {
    expect(superseded(steps, {})).toEqual([100, 210, 300, 430]);
    expect(superseded(steps, { last: 5 })).toEqual([100]);
    expect(superseded([100, 200], { last: 5 })).toEqual([]);
  });

  test("not the best, not the first at or after each period", () => {
    expect(superseded(steps, { last: 1 }, 300)).toEqual([100, 210, 430, 510]);
    expect(superseded(steps, { last: 1, everySteps: 200 })).toEqual([100, 300, 510]);
  });

  test("the same ones one by one as at once", () => {
    const keep = { last: 2, everySteps: 250 };
    let left: number[] = [];
    for (const step of steps) {
      left.push(step);
      const gone = superseded(left, keep);
      left = left.filter((s) => !gone.includes(s));
    }
    const gone = superseded(steps, keep);
    expect(left).toEqual(steps.filter((s) => !gone.includes(s)));
    expect(left).toEqual([300, 510, 600]);
  });
});

describe("the best checkpoint", () => {
  const fid: Aim = { metric: "fid", better: "lower", patience: 2 };

  test("stays beside the last ones, and is read by its name", () => {
    const keeper = new BestKeeper(folder, fid, 0);
    const scores: [number, number | undefined, boolean][] = [
      [1, 9, true],
      [2, 4, true],
      [3, 5, false],
      [4, Number.NaN, false],
    ];
    for (const [step, value, isBest] of scores) {
      expect(keeper.exhausted).toBe(false);
      expect(keeper.note(step, value)).toBe(isBest);
      save(step);
    }
    expect(keeper.exhausted).toBe(true);
    save(5);
    expect(listCheckpoints(folder)).toEqual([2, 4, 5]);
    expect([load("best"), load("last"), load(), load(4)]).toEqual(
      [2, 5, 5, 4].map((s) => Float32Array.of(s)),
    );
  });

  test("higher may be better; an equal score is not better", () => {
    const keeper = new BestKeeper(folder, { metric: "coverage", better: "higher" }, 0);
    expect([keeper.note(1, 0.5), keeper.note(2, 0.5), keeper.note(3, 0.6)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(keeper.exhausted).toBe(false);
  });

  test("is forgotten with the steps after the one that a run goes on from", () => {
    const before = new BestKeeper(folder, fid, 0);
    for (const [step, value] of [
      [1, 5],
      [2, 3],
      [3, 4],
    ] as const) {
      before.note(step, value);
      save(step, { last: 9 });
    }
    const again = new BestKeeper(folder, fid, 1);
    expect(load("best")).toEqual(Float32Array.of(1));
    expect([again.note(2, 3), again.note(3, 4), again.exhausted]).toEqual([true, false, false]);
    // Another metric begins anew.
    new BestKeeper(folder, { metric: "kid", better: "lower" }, 3);
    expect(() => load("best")).toThrow(/NO_CHECKPOINT.*kept for its score.*steps 1, 2, 3/);
  });

  test("whose process ended before it was saved is the one before it", () => {
    const keeper = new BestKeeper(folder, fid, 0);
    keeper.note(1, 5);
    save(1);
    keeper.note(2, 3);
    expect(load("best")).toEqual(Float32Array.of(1));
  });
});

test("what is not there is named", () => {
  expect(() => load()).toThrow(/NO_CHECKPOINT expected a saved checkpoint, got none/);
  save(3);
  expect(() => load(2)).toThrow(
    /NO_CHECKPOINT expected a checkpoint of step 2, got those of step 3/,
  );
  expect(() => load("best")).toThrow(/train with --keep-best/);
  writeFileSync(join(folder, "best.json"), '{"metric":"fid","better":"up","history":[]}');
  expect(() => load("best")).toThrow(/CHECKPOINT_CORRUPT.*better/s);
});

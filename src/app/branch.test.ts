import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunFolder } from "../train/run-folder.ts";
import { branchRun } from "./branch.ts";
import { loadSystem, type RunConfig, resolveConfig } from "./config.ts";
import { healthOf } from "./health.ts";
import { readRunConfig } from "./run-config.ts";
import { noteOf, noteRun } from "./run-notes.ts";
import { scoresOf } from "./run-scores.ts";
import { runTraining } from "./run-training.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-branch-"));
const from = join(root, "trunk");
afterAll(() => rmSync(root, { recursive: true, force: true }));

const train = (config: RunConfig, runPath: string, resume: boolean, rateScale?: number) =>
  runTraining(
    { config, runPath, resume, ...(rateScale !== undefined && { rateScale }) },
    () => {},
    () => false,
  );
const checkpoint = (path: string): Buffer =>
  readFileSync(join(path, "checkpoints", "step-00000030.safetensors"));
const logged = (path: string) =>
  readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n").length;

beforeAll(async () => {
  const { tiny: options } = await loadSystem("gan-vanilla");
  const checkpoints = { everySteps: 10, last: 9 };
  const asked = { system: "gan-vanilla", options, steps: 30, threads: 1, checkpoints };
  await train((await resolveConfig(asked)).config, from, false);
}, 60_000);

describe("a branch", () => {
  test("goes on to what the run became, bit for bit, from any checkpoint", async () => {
    const to = join(root, "same");
    const { config, step } = await branchRun({ from, to, checkpoint: 20 });
    expect(step).toBe(20);
    expect(logged(to)).toBe(20);
    expect(healthOf(to).looks.map((look) => look.step)).toEqual([10, 20]);
    expect(readdirSync(join(to, "samples"))).toEqual(["step-00000010.png", "step-00000020.png"]);
    expect(readRunConfig(RunFolder.open(to)).branchedFrom).toEqual({ run: "trunk", step: 20 });
    await train(config, to, true);
    expect(checkpoint(to).equals(checkpoint(from))).toBe(true);
    expect(logged(from)).toBe(30);
    expect(scoresOf(to)).toEqual([]);
  }, 60_000);

  test("goes elsewhere with other rates or another batch", async () => {
    const to = join(root, "slower");
    const { config } = await branchRun({ from, to, checkpoint: 10, changes: { threads: 1 } });
    await train(config, to, true, 0.5);
    expect(checkpoint(to).equals(checkpoint(from))).toBe(false);
    expect(readRunConfig(RunFolder.open(to))).toMatchObject({
      branchedFrom: { step: 10 },
      rateCuts: [{ from: 10, factor: 0.5 }],
    });
    const changes = { options: { batch: 6 }, steps: 12 };
    const other = await branchRun({ from, to: join(root, "batch"), checkpoint: 10, changes });
    expect(other.config).toMatchObject({ steps: 12, options: { batch: 6 }, earlierBatches: [4] });
    await train(other.config, join(root, "batch"), true);
    expect(RunFolder.open(join(root, "batch")).load().info.step).toBe(12);
  }, 60_000);

  test("leaves nothing behind where it is refused", async () => {
    const to = join(root, "none");
    const refused = (more: object) => branchRun({ from, to, ...more });
    await expect(refused({ checkpoint: 11 })).rejects.toMatchObject({ code: "NO_CHECKPOINT" });
    const wide = { options: { width: 99 } };
    await expect(refused({ changes: wide })).rejects.toMatchObject({ code: "CHECKPOINT_MISMATCH" });
    await expect(refused({ to: from })).rejects.toMatchObject({ code: "RUN_EXISTS" });
    cpSync(from, join(root, "broken"), { recursive: true });
    rmSync(join(root, "broken", "checkpoints", "step-00000030.safetensors"));
    const broken = branchRun({ from: join(root, "broken"), to });
    await expect(broken).rejects.toMatchObject({ code: "CHECKPOINT_CORRUPT" });
    expect(existsSync(to)).toBe(false);
    expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

test("a note is kept, changed and taken away", () => {
  expect(noteOf(from)).toBe("");
  expect(noteRun(from, "  wide, and\nslow \n")).toBe("wide, and\nslow");
  expect(noteOf(from)).toBe("wide, and\nslow");
  expect(() => noteRun(from, "x".repeat(10_001))).toThrow(/OPTION/);
  expect(noteRun(from, " ")).toBe("");
  expect(existsSync(join(from, "note.txt"))).toBe(false);
  expect(() => noteRun(join(root, "nowhere"), "a")).toThrow(/NO_RUN/);
});

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RunFolder } from "../train/run-folder.ts";
import { repeatConfig } from "./asked.ts";
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

describe("fine-tuning", () => {
  const path = join(root, "onto-grid");
  const grid = { data: "grid25", steps: 26 };

  test("learns from other data with the first layers of the discriminator as they were", async () => {
    const { config } = await branchRun({
      from,
      to: path,
      checkpoint: 20,
      changes: grid,
      freeze: 1,
    });
    expect(config).toMatchObject({
      data: { source: "grid25" },
      earlierData: [{ source: "ring8", until: 20 }],
      frozen: ["d.hidden0"],
    });
    expect(scoresOf(path)).toEqual([]);
    await train(config, path, true);
    const [first, last] = [RunFolder.open(from).load(20), RunFolder.open(path).load()];
    expect(last.info.step).toBe(26);
    const { values } = last.snapshot;
    const moved = [...values.keys()].filter(
      (name) => `${values.get(name)!.data}` !== `${first.snapshot.values.get(name)?.data}`,
    );
    expect(moved).toContain("d.hidden1.weight");
    expect(moved).toContain("g.hidden0.weight");
    expect([...values.keys()]).toContain("d.hidden0.weight");
    expect(moved.filter((name) => name.startsWith("d.hidden0"))).toEqual([]);
    expect([...values.keys()].filter((n) => /optimiser.*d\.hidden0/.test(n))).toEqual([]);
    await expect(repeatConfig(path)).rejects.toThrow(/NOT_REPEATABLE.*ring8/s);
  }, 60_000);

  test("stays frozen in a branch of its own until all may learn again", async () => {
    const further = (name: string, freeze?: []) =>
      branchRun({ from: path, to: join(root, name), ...(freeze && { freeze }) });
    expect((await further("still")).config.frozen).toEqual(["d.hidden0"]);
    const { config } = await further("thawed", []);
    expect(config.frozen).toBeUndefined();
    const to = join(root, "thawed");
    await train({ ...config, steps: 28 }, to, true);
    const before = RunFolder.open(path).load().snapshot.values.get("d.hidden0.weight");
    expect(RunFolder.open(to).load().snapshot.values.get("d.hidden0.weight")).not.toEqual(before);
  }, 60_000);

  test("is refused where nothing could be learnt, or of other shapes", async () => {
    const to = join(root, "refused");
    const refused = (more: object) => expect(branchRun({ from, to, ...more })).rejects;
    await refused({ freeze: 3 }).toThrow(/OPTION.*at most 2 layers/s);
    await refused({ freeze: ["d.hidden7"] }).toThrow(/OPTION.*d\.hidden0.*d\.hidden7/s);
    await refused({ freeze: ["g"] }).toThrow(/OPTION.*player g/s);
    const changes = { data: "gaussian-1d" };
    await refused({ changes }).toMatchObject({ code: "CHECKPOINT_MISMATCH" });
    expect(existsSync(to)).toBe(false);
  }, 60_000);
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

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import type { CheckpointInfo } from "../train/checkpoint.ts";
import type { LoopEvent } from "../train/loop.ts";
import { type Asked, loadSystem, type RunConfig, resolveConfig } from "./config.ts";
import { readReport, reproduce, reproductionsOf } from "./reproduction.ts";
import { runTraining, type TrainRequest } from "./run-training.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-recovery-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A run that overflows at once: Adam's steps have the size of the rate. */
async function absurd(asked: Partial<Asked> = {}, options = {}): Promise<RunConfig> {
  const { tiny } = await loadSystem("gan-vanilla");
  const given = { ...tiny, generatorRate: 1e25, discriminatorRate: 1e-3, ...options };
  const wanted = {
    system: "gan-vanilla",
    options: given,
    steps: 30,
    seed: 3,
    threads: 1,
    chunk: 5,
  };
  return (await resolveConfig({ ...wanted, ...asked })).config;
}

async function train(name: string, given: Partial<TrainRequest> & { config: RunConfig }) {
  const events: LoopEvent[] = [];
  const request = { runPath: join(root, name), resume: false, ...given };
  const outcome = await runTraining(
    request,
    (event) => events.push(event),
    () => false,
  ).catch((error: unknown) => error);
  return { outcome, events, path: join(root, name) };
}

const configOf = (path: string) =>
  JSON.parse(readFileSync(join(path, "run.json"), "utf8")) as RunConfig;

const newest = (path: string, ending: string): string =>
  join(
    path,
    "checkpoints",
    readdirSync(join(path, "checkpoints"))
      .filter((f) => f.endsWith(ending))
      .sort()
      .at(-1)!,
  );

const digest = (path: string): string =>
  createHash("sha256")
    .update(readFileSync(newest(path, ".safetensors")))
    .digest("hex");

describe("a run that meets a number that is not finite", { timeout: 30_000 }, () => {
  test("stops, keeps its last good state and says which operator it was", async () => {
    const { outcome, events, path } = await train("stop", { config: await absurd() });
    const told = events.find((e) => e.kind === "nonfinite")!;
    expect(outcome).toMatchObject({ code: "NON_FINITE", fault: { got: told.text } });
    expect(told.text).toMatch(/^\w+ in .*[gd]\b.* made (NaN|infinity) in \d+ of \d+ values, from /);
    const info = JSON.parse(readFileSync(newest(path, ".json"), "utf8")) as CheckpointInfo;
    expect(info).toMatchObject({ step: told.step - 1, lastGood: true });
    expect((outcome as { fault: { fix: string } }).fault.fix).toContain("--rate-scale 0.5");
    expect(reproductionsOf(path)).toEqual([told.folder]);
    expect(readReport(told.folder!)).toMatchObject({ step: told.step, text: told.text });
  });

  test("leaves all that it takes to run the tick again, and it fails again", async () => {
    const [folder] = reproductionsOf(join(root, "stop"));
    const { report, bad, reproduced } = await reproduce(folder!, await nodeCpu({ threads: 1 }));
    expect(reproduced).toBe(true);
    expect(bad).toContain("blame/made");
    expect(bad).not.toContain("blame/from0");
    expect(bad.some((name) => name.startsWith("next/"))).toBe(true);
    expect(report.config.options.generatorRate).toBe(1e25);
    expect(readFileSync(join(folder!, "README.md"), "utf8")).toContain(report.text);
    writeFileSync(join(folder!, "inputs.safetensors"), "damaged");
    const provider = await nodeCpu({ threads: 1 });
    await expect(reproduce(folder!, provider)).rejects.toMatchObject({
      code: "CHECKPOINT_CORRUPT",
    });
    await expect(reproduce(root, provider)).rejects.toMatchObject({ code: "NO_REPRODUCTION" });
  });

  test("goes on from the checkpoint before with smaller rates when asked to", async () => {
    const path = join(root, "stop");
    const resumed = { config: configOf(path), resume: true, rateScale: 1e-28 };
    const { outcome } = await train("stop", resumed);
    expect(outcome).toEqual({ step: 30, why: "steps" });
    expect(configOf(path).rateCuts).toEqual([{ from: 0, factor: 1e-28 }]);
  });

  test("rolls back by itself, as often as it may, and does so bit by bit the same way", async () => {
    const config = await absurd({ onNonFinite: { factor: 1e-14, limit: 3 } });
    const { outcome, events, path } = await train("auto", { config });
    expect(outcome).toEqual({ step: 30, why: "steps" });
    const back = events.filter((e) => e.kind === "rollback");
    expect(back.length).toBeGreaterThan(0);
    const cuts = back.map(({ step, failedAt, factor }) => ({ from: step, factor, failedAt }));
    expect(configOf(path).rateCuts).toEqual(cuts);
    const again = await train("auto-again", { config });
    expect(digest(again.path)).toBe(digest(path));
    const log = readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
    expect(log.map((line) => JSON.parse(line).step)).toEqual(
      [...Array(30).keys()].map((i) => i + 1),
    );
    // Half of it, then the rest in another process: the cuts are in its configuration.
    await train("auto-half", { config: { ...config, steps: 10 } });
    const rest = { ...configOf(join(root, "auto-half")), steps: 30 };
    await train("auto-half", { config: rest, resume: true });
    expect(digest(join(root, "auto-half"))).toBe(digest(path));
  });

  test("gives up after its limit", async () => {
    const { outcome, events } = await train("limit", {
      config: await absurd({ onNonFinite: { factor: 0.9, limit: 2 } }),
    });
    expect(outcome).toMatchObject({ code: "NON_FINITE" });
    expect((outcome as Error).message).toContain("after 2 cuts");
    expect(events.filter((e) => e.kind === "rollback")).toHaveLength(2);
  });
});

test("a failure without a new checkpoint goes one checkpoint further back", async () => {
  const sound = await absurd({ steps: 20 }, { generatorRate: 1e-3 });
  await train("further", { config: sound });
  const config = { ...sound, steps: 40, onNonFinite: { factor: 1e-3, limit: 3 } };
  const { events } = await train("further", { config, resume: true, rateScale: 1e28 });
  expect(events.flatMap((e) => (e.kind === "rollback" ? [e.step] : []))).toEqual([20, 10, 20]);
}, 20_000);

test("a run that stays finite leaves no trace of all this", async () => {
  const config = await absurd({}, { generatorRate: 1e-3 });
  const { path } = await train("sound", { config });
  expect(existsSync(join(path, "nonfinite"))).toBe(false);
  const { madeBy, ...stored } = configOf(path);
  expect(madeBy).toBeTruthy();
  expect(stored).toEqual(config);
});

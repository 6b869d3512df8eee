import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { catalog } from "../metrics/detectors/_catalog.ts";
import type { LoopEvent } from "../train/loop.ts";
import { type Asked, loadSystem, resolveConfig } from "./config.ts";
import { healthOf } from "./health.ts";
import { runTraining } from "./run-training.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-checkup-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function train(name: string, system: string, asked: Partial<Asked> = {}) {
  const { tiny } = await loadSystem(system);
  const given = { system, options: tiny, steps: 20, seed: 3, threads: 1, ...asked };
  const { config } = await resolveConfig(given);
  const events: LoopEvent[] = [];
  const path = join(root, name);
  const request = { config, runPath: path, resume: existsSync(path) };
  await runTraining(
    request,
    (event) => events.push(event),
    () => false,
  );
  return { path, looks: events.filter((e) => e.kind === "health") };
}

const lastCheckpoint = (path: string): Buffer => {
  const folder = join(path, "checkpoints");
  const files = readdirSync(folder).filter((f) => f.endsWith(".safetensors"));
  return readFileSync(join(folder, files.sort().at(-1)!));
};

test("each picture comes with a look, which changes nothing of the training", async () => {
  const { path, looks } = await train("points", "gan-vanilla");
  expect(looks.map(({ step }) => step)).toEqual([10, 20]);
  const kept = healthOf(path);
  expect(kept.looks).toEqual(looks.map(({ kind, took, ...look }) => look));
  // The data are endless: there is nothing to be remembered or held out.
  expect(Object.keys(looks[0]!.gauges)).toEqual(
    expect.arrayContaining(["spread", "coverage", "precision"]),
  );
  expect(looks[0]!.gauges).not.toHaveProperty("copies");
  const loss = kept.readings.find(({ name }) => name === "d.loss");
  expect(loss).toMatchObject({ unit: "nats", healthy: { low: 0.2 }, side: "inside" });
  const bare = await train("bare", "gan-vanilla", { health: false });
  expect(bare.looks).toEqual([]);
  expect(healthOf(bare.path).looks).toEqual([]);
  expect(lastCheckpoint(bare.path).equals(lastCheckpoint(path))).toBe(true);
  // Going on adds to the looks.
  await train("points", "gan-vanilla", { steps: 30 });
  expect(healthOf(path).looks.map(({ step }) => step)).toEqual([10, 20, 30]);
}, 60_000);

test("images are seen by the encoder and judged against the test set", async () => {
  const { looks } = await train("images", "dcgan", { steps: 10 });
  const { gauges, took } = looks[0]!;
  const figures = Object.values(catalog).flatMap((d) => Object.keys(d.gauges));
  for (const name of Object.keys(gauges))
    expect(figures.includes(name) || name.includes(" ")).toBe(true);
  expect(Object.keys(gauges)).toEqual(expect.arrayContaining(["spread", "coverage", "copies"]));
  expect(Object.values(gauges).every(Number.isFinite)).toBe(true);
  expect(took).toBeGreaterThan(0);
}, 60_000);

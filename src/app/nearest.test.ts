import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { loadSystem, openData, resolveConfig } from "./config.ts";
import { findDirections } from "./directions.ts";
import { nearestItems, writeNearest } from "./nearest.ts";
import { runTraining } from "./run-training.ts";
import { type OpenRun, openRun } from "./sample.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-nearest-"));
let run: OpenRun;
beforeAll(async () => {
  const { tiny } = await loadSystem("acgan");
  const asked = { data: "mnist", dataOptions: { side: 16 }, steps: 2, threads: 1 };
  const { config } = await resolveConfig({ system: "acgan", options: tiny, ...asked });
  const runPath = join(root, "run");
  await runTraining(
    { config, runPath, resume: false },
    () => {},
    () => false,
  );
  run = await openRun(runPath, { threads: 1 });
}, 60_000);
afterAll(async () => {
  await run?.dispose();
  rmSync(root, { recursive: true, force: true });
});

/** Item `index` of the data as networks see it. */
async function real(index: number) {
  const source = await openData(run.config.data);
  const { scale, offset } = run.field;
  return Float32Array.from(source.batch(index, 1, 0).image!, (v) => v * scale + offset);
}

test.each(["pixels", "features"] as const)(
  "a copy is told by its %s",
  async (by) => {
    const copy = await real(123);
    const noise = stream(0, "noise").uniform(new Float32Array(copy.length));
    const near = copy.map((v, i) => Math.min(1, Math.max(-1, v + 0.02 * (noise[i]! - 0.5))));
    const items = new Float32Array(2 * copy.length);
    items.set(near);
    items.set(await real(7), copy.length);
    const found = await nearestItems(run, items, { by, count: 3, reference: 300 });
    expect(found).toMatchObject({ by: by === "pixels" ? "pixels" : "encoder", reference: 300 });
    expect(found.neighbours[0]![0]!.index).toBe(123);
    expect(found.neighbours[1]![0]).toMatchObject({ index: 7 });
    expect(found.neighbours[1]![0]!.distance).toBeLessThan(1e-5);
    const distances = found.neighbours[0]!.map((n) => n.distance);
    expect([...distances].sort((a, b) => a - b)).toEqual(distances);
    expect(found.data.subarray(0, copy.length)).toEqual(copy);
    const out = join(root, "near.png");
    await writeNearest(run, items, found, out);
    expect(await readWidth(out)).toBeGreaterThanOrEqual(4 * 16);
  },
  60_000,
);

async function readWidth(file: string) {
  const { readFileSync } = await import("node:fs");
  return decode(readFileSync(file)).width;
}

test("PCA finds directions of unit length that change what is made, the first most of all", async () => {
  const { vectors, stretches } = await findDirections(run, "pca", {
    count: 3,
    samples: 64,
    label: 2,
  });
  const { size } = run.sampler.layout;
  for (let k = 0; k < 3; k++) {
    const own = vectors.subarray(k * size, (k + 1) * size);
    expect(Math.hypot(...own)).toBeCloseTo(1, 5);
  }
  expect(stretches[0]!).toBeGreaterThan(stretches[1]!);
  const codes = run.sampler.codes({ seed: 5, count: 8 });
  const moved = codes.map((v, i) => v + 2 * vectors[i % size]!);
  const random = stream(1, "other").normal(new Float32Array(size));
  const length = Math.hypot(...random);
  const elsewhere = codes.map((v, i) => v + (2 * random[i % size]!) / length);
  const make = (rows: Float32Array) => run.sample({ seed: 0, count: 8, codes: rows, labels: [2] });
  const [still, along, aside] = await Promise.all([make(codes), make(moved), make(elsewhere)]);
  const change = (a: Float32Array) => Math.hypot(...a.map((v, i) => v - still[i]!));
  expect(change(along)).toBeGreaterThan(change(aside));
}, 60_000);

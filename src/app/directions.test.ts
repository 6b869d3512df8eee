import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { conditionalRun } from "../../test/conditional-run.ts";
import { directions, walkDirections } from "./directions.ts";

const folder = mkdtempSync(join(tmpdir(), "directions-"));
afterAll(() => rmSync(folder, { recursive: true }));
const run = await conditionalRun(folder);
const n = 8;

/** A of the run's generator: 16 sums of six numbers by one layer, and of two by another. */
async function stretched(vector: Float32Array): Promise<number> {
  const [z, style] = await Promise.all(
    ["g.z.weight", "g.style.weight"].map((name) => run.value(name).data()),
  );
  let squares = 0;
  for (let out = 0; out < 16; out++) {
    let [a, b] = [0, 0];
    for (let k = 0; k < 6; k++) a += z![out * 6 + k]! * vector[k]!;
    for (let k = 0; k < 2; k++) b += style![out * 2 + k]! * vector[6 + k]!;
    squares += a * a + b * b;
  }
  return Math.sqrt(squares);
}

test("directions are unit vectors that the first layers stretch as they say, strongest first", async () => {
  const { vectors, stretches } = await directions(run, 20);
  expect(stretches).toHaveLength(n);
  expect([...stretches]).toEqual(stretches.toSorted((a, b) => b - a));
  for (const [i, stretch] of stretches.entries()) {
    const vector = vectors.subarray(i * n, (i + 1) * n);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect(await stretched(vector)).toBeCloseTo(stretch, 4);
  }
  // None is stretched more than the first: so a random one.
  const other = Float32Array.from({ length: n }, (_, k) => Math.sin(k + 1));
  const length = Math.hypot(...other);
  expect((await stretched(other)) / length).toBeLessThan(stretches[0]!);
});

test("a walk writes a row of items for each, the code itself in the middle", async () => {
  const out = join(folder, "walk.csv");
  const codes = Float32Array.from({ length: n }, (_, k) => Math.cos(k));
  const from = { codes, count: 1, labels: [1] };
  const found = await walkDirections(run, from, { out, count: 2, steps: 3, reach: 2 });
  expect(found.stretches).toHaveLength(2);
  const [, ...lines] = readFileSync(out, "utf8").trim().split("\n");
  expect(lines).toHaveLength(6);
  expect(lines[1]).toBe(lines[4]);
  expect(lines[0]).not.toBe(lines[2]);
});

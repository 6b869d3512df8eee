import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, expect, test } from "vitest";
import { systemRun } from "../../test/system-run.ts";
import { heatColour } from "../core/heat.ts";
import { pixelsOf } from "../train/pixels.ts";
import { codesOf } from "./net-probe.ts";
import { openLayer } from "./unit-layer.ts";
import { writeTopSamples, writeUnitChanges, writeUnitMaps } from "./unit-sheet.ts";

const folder = mkdtempSync(join(tmpdir(), "units-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = await systemRun("dcgan", { width: 4, discriminatorWidth: 4, latent: 6 });
const open = openLayer(run, "g.act1", 4);
const at = { seed: 2, item: 5 };

/** Cell `n` of a sheet of pictures of 16 pixels: red, green, blue at (x, y). */
function cellOf(file: string, columns: number, n: number) {
  const { width, data } = decode(readFileSync(file));
  const [left, top] = [2 + (n % columns) * 18, 2 + Math.floor(n / columns) * 18];
  return (x: number, y: number) => [
    ...data.subarray(3 * ((top + y) * width + left + x), 3 * ((top + y) * width + left + x) + 3),
  ];
}

test("a sheet of maps: the sample, then each unit in colours on its own scale", async () => {
  const out = join(folder, "maps.png");
  const reaches = await writeUnitMaps(open, { out, ...at });
  const { items, maps } = await open.see(codesOf(run, [5], { seed: 2 }));
  const pixels = pixelsOf(items, run.field);
  expect(cellOf(out, 3, 0)(7, 3)).toEqual(Array(3).fill(pixels[3 * 16 + 7]));
  for (let unit = 0; unit < 4; unit++) {
    const map = maps.subarray(unit * 64, (unit + 1) * 64);
    expect(reaches[unit]).toBe(Math.max(...map.map(Math.abs)));
    const colour = heatColour(map[1 * 8 + 3]! / (reaches[unit] || 1));
    expect(cellOf(out, 3, unit + 1)(7, 3)).toEqual(colour);
  }
});

test("a sheet of changes: before, after, and where they differ", async () => {
  const out = join(folder, "changes.png");
  const tanh = openLayer(run, "g.tanh", 4);
  const where = { left: 0, top: 0, width: 16, height: 8 };
  const changes = [{ factor: 0, offset: 1, where }];
  const { difference } = await writeUnitChanges(tanh, changes, { out, ...at, count: 3 });
  const { items } = await tanh.see(codesOf(run, [5, 6, 7], { seed: 2 }));
  const pixels = pixelsOf(items, run.field);
  const squares = Array.from({ length: 3 * 256 }, (_, i) =>
    i % 256 < 128 ? ((255 - pixels[i]!) / 255) ** 2 : 0,
  );
  expect(difference).toBeCloseTo(Math.sqrt(squares.reduce((a, b) => a + b) / squares.length), 5);
  const [before, after, between] = [1, 4, 7].map((n) => cellOf(out, 3, n));
  expect(before!(4, 2)).toEqual(Array(3).fill(pixels[256 + 2 * 16 + 4]));
  expect(after!(4, 2)).toEqual([255, 255, 255]);
  expect(after!(4, 12)).toEqual(before!(4, 12));
  expect(between!(4, 12)).toEqual(heatColour(0));
  expect(between!(4, 2)[0]).toBeGreaterThan(200);
  await tanh.dispose();
});

test("a sheet of top samples has a row a unit; a unit that is not there is refused", async () => {
  const out = join(folder, "top.png");
  const rows = await writeTopSamples(open, [3, 0], { out, seed: 2, count: 12, top: 5 });
  expect(rows.map((row) => row.unit)).toEqual([3, 0]);
  const { items } = await open.see(codesOf(run, rows[1]!.items, { seed: 2 }));
  const pixels = pixelsOf(items, run.field);
  expect(cellOf(out, 5, 5 + 2)(8, 8)).toEqual(Array(3).fill(pixels[2 * 256 + 8 * 16 + 8]));
  await expect(writeTopSamples(open, [4], { out, seed: 2 })).rejects.toMatchObject({
    code: "OPTION",
  });
});

test.each([
  [0, [14, 18, 22]],
  [1, [255, 243, 214]],
  [-1, [214, 238, 255]],
  [0.5, [226, 116, 24]],
  [-7, [214, 238, 255]],
])("the colour of %f", (value, colour) => {
  expect(heatColour(value)).toEqual(colour);
});

import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { heatColour } from "../core/heat.ts";
import { encodePng, imageGrid } from "../core/png.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";
import { codesOf, type Drawn } from "./net-probe.ts";
import type { OpenRun } from "./sample.ts";
import { type OpenLayer, requireUnit, type UnitChange } from "./unit-layer.ts";
import { type Ranking, topSamples } from "./unit-ranking.ts";

/** A picture of what a layer does. */
export interface UnitSheet extends Drawn {
  /** A .png file. */
  readonly out: string;
  /** The sample to look at, counted from 0 as `sample` counts them; the first of several. */
  readonly item: number;
}

/**
 * Writes a sample and the maps of all units on it: black is 0, orange above, blue below, each on a scale
 * of its own. Returns the largest distance from 0 of each.
 *
 * @throws GanymedeError SAMPLE_FORMAT for a run of no pictures
 */
export async function writeUnitMaps(open: OpenLayer, asked: UnitSheet): Promise<Float32Array> {
  requirePictures(open.run);
  const { units, map } = open.layer;
  const { items, maps } = await open.see(codesOf(open.run, [asked.item], asked));
  const cells = sizeOf(map);
  const reaches = Float32Array.from({ length: units }, (_, unit) =>
    reachOf(maps.subarray(unit * cells, (unit + 1) * cells)),
  );
  const pictures = Array.from({ length: units }, (_, unit) => {
    const own = maps.subarray(unit * cells, (unit + 1) * cells);
    return heat(open.run, own, map, reaches[unit]!);
  });
  writeSheet(open.run, asked.out, [...inColour(open.run, items), ...pictures]);
  return reaches;
}

/**
 * Writes samples in three rows: as they are, with units changed, and how they differ, as colours on one
 * scale. Returns the root mean square difference as a share of the range from black to white, and the
 * discriminator's scores where the layer is its own.
 *
 * @param asked.count samples, from `item` on; 8 when absent
 * @throws GanymedeError SAMPLE_FORMAT for a run of no pictures; what `see` throws
 */
export async function writeUnitChanges(
  open: OpenLayer,
  changes: readonly UnitChange[],
  asked: UnitSheet & { readonly count?: number },
) {
  const { run } = open;
  requirePictures(run);
  const { count = 8, item, out } = asked;
  const numbers = Array.from({ length: count }, (_, i) => item + i);
  const codes = codesOf(run, numbers, asked);
  const [plain, changed] = [await open.see(codes), await open.see(codes, changes)];
  const [before, after] = [plain, changed].map(({ items }) => pixelsOf(items, run.field));
  const shares = Float32Array.from(after!, (v, i) => (v - before![i]!) / 255);
  const [channels = 1, height = 1, width = 1] = run.field.shape;
  const plane = height * width;
  const differences = Float32Array.from({ length: count * plane }, (_, i) => {
    const at = Math.floor(i / plane) * channels * plane + (i % plane);
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += shares[at + c * plane]! / channels;
    return sum;
  });
  const reach = reachOf(differences);
  const drawn = numbers.map((_, i) =>
    heat(run, differences.subarray(i * plane, (i + 1) * plane), [height, width], reach),
  );
  const sides = [plain, changed].flatMap(({ items }) => inColour(run, items));
  writeSheet(run, out, [...sides, ...drawn], count);
  const squares = shares.reduce((sum, v) => sum + v * v, 0);
  return {
    difference: Math.sqrt(squares / shares.length),
    ...(plain.scores && { scores: { before: [...plain.scores], after: [...changed.scores!] } }),
  };
}

/**
 * Writes a row for each of some units: the samples of a seed at which it is largest.
 *
 * @throws GanymedeError SAMPLE_FORMAT for a run of no pictures, OPTION
 */
export async function writeTopSamples(
  open: OpenLayer,
  units: readonly number[],
  asked: Omit<UnitSheet, "item"> & Pick<Ranking, "count" | "top" | "by">,
) {
  const { run } = open;
  requirePictures(run);
  for (const unit of units) requireUnit(open.layer, unit);
  const found = await topSamples(open, asked);
  const rows = units.map((unit) => {
    const [from, to] = [unit * found.top, (unit + 1) * found.top];
    return {
      unit,
      items: [...found.items.slice(from, to)],
      values: [...found.values.slice(from, to)],
    };
  });
  const codes = codesOf(
    run,
    rows.flatMap((row) => row.items),
    asked,
  );
  const { items } = await open.see(codes);
  writeSheet(run, asked.out, inColour(run, items), found.top);
  return rows;
}

const reachOf = (values: Float32Array): number =>
  values.reduce((reach, v) => Math.max(reach, Math.abs(v)), 0);

/** Red, green and blue planes of each item. */
function inColour({ field }: OpenRun, items: Float32Array): Uint8Array[] {
  const pixels = pixelsOf(items, field);
  const [channels = 1, height = 1, width = 1] = field.shape;
  const plane = height * width;
  return Array.from({ length: pixels.length / plane / channels }, (_, n) => {
    const own = pixels.subarray(n * channels * plane, (n + 1) * channels * plane);
    const picture = new Uint8Array(3 * plane);
    for (let c = 0; c < 3; c++) {
      const from = channels < 3 ? 0 : c;
      picture.set(own.subarray(from * plane, (from + 1) * plane), c * plane);
    }
    return picture;
  });
}

/** A map in colours, as large as the run's pictures: each pixel shows the cell that it lies in. */
function heat({ field }: OpenRun, map: Float32Array, shape: readonly number[], reach: number) {
  const [, height = 1, width = 1] = field.shape;
  const [columns = 1, rows = 1] = [...shape].reverse();
  const plane = height * width;
  const picture = new Uint8Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    const y = Math.floor((Math.floor(i / width) * rows) / height);
    const x = Math.floor(((i % width) * columns) / width);
    const colour = heatColour(map[y * columns + x]! / (reach || 1));
    for (let c = 0; c < 3; c++) picture[c * plane + i] = colour[c]!;
  }
  return picture;
}

function writeSheet(
  { field }: OpenRun,
  out: string,
  pictures: readonly Uint8Array[],
  columns?: number,
): void {
  const [, height = 1, width = 1] = field.shape;
  const images = new Uint8Array(pictures.length * 3 * height * width);
  pictures.forEach((picture, i) => {
    images.set(picture, i * picture.length);
  });
  const layout = { count: pictures.length, channels: 3, height, width } as const;
  writeAtomic(out, encodePng(imageGrid(images, columns ? { ...layout, columns } : layout)));
}

function requirePictures({ path, field }: OpenRun): void {
  if (isPicture(field)) return;
  throw new GanymedeError("SAMPLE_FORMAT", {
    where: path,
    expected: "a run that makes pictures, to draw what units do to them",
    got: `items of shape [${field.shape}]`,
    fix: "ask for the layers alone, or for effects",
  });
}

import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { encodePng } from "../core/png.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { type Answer, topAnswers, type UnitMaps, unitRegions } from "../metrics/dissection.ts";
import { imageSheet } from "../train/picture.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";
import { openData } from "./config.ts";
import { discriminatorMaps } from "./discriminator-maps.ts";
import type { OpenRun } from "./sample.ts";

/** Which units are shown, and on what. */
export interface FilterSheet {
  /** A .png file. */
  readonly out: string;
  /** Units, a row each; 8 when absent. */
  readonly units?: number;
  /** Images of a row; 8 when absent. */
  readonly columns?: number;
  /** Images of the data that are looked at; 1000 when absent. */
  readonly images?: number;
  /** Orders the data; 0 when absent. */
  readonly seed?: number;
}

/** One unit of a discriminator's last maps, and the images to which it answers most. */
export interface FilterRow {
  readonly unit: number;
  /** Of the data in the order of the seed, the highest answer first. */
  readonly answers: readonly Answer[];
}

/** What lies outside a unit's region is this much of itself in the sheet. */
const dimmed = 0.25;

/**
 * Writes what the last units of a run's discriminator look for: a row for each unit, the images of the
 * data to which it answers most, lit where its map is among the highest twentieth of all places and dim
 * elsewhere. Units come in the order of how much their answers vary. Radford, Metz, Chintala 2015,
 * arXiv:1511.06434, section 6.2; regions as in Bau, Zhou, Khosla, Oliva, Torralba 2017,
 * arXiv:1704.05796.
 *
 * @throws GanymedeError UNJUDGED for a discriminator that is told of classes or has no maps,
 *   SAMPLE_FORMAT for data that are no images, and what opening the data throws
 */
export async function filterSheet(run: OpenRun, asked: FilterSheet): Promise<FilterRow[]> {
  const { field, config } = run;
  if (!isPicture(field)) throw noPictures(run);
  const { out, units = 8, columns = 8, images = 1000, seed = 0 } = asked;
  const source = await openData(config.data);
  const count = Math.min(images, source.size);
  const { scale, offset } = field;
  const raw = source.batch(0, count, seed)[run.game.field]!;
  const items = Float32Array.from(raw, (v) => v * scale + offset);
  const maps = await discriminatorMaps(run, items, field.shape);
  const rows = liveliest(maps, Math.min(units, maps.units)).map((unit) => ({
    unit,
    answers: topAnswers(maps, unit, Math.min(columns, count)),
  }));
  const shown = rows.flatMap(({ unit, answers }) => lit(maps, unit, answers, items, field.shape));
  const pixels = pixelsOf(Float32Array.from(shown.flatMap((item) => [...item])), field);
  writeAtomic(out, encodePng(imageSheet(pixels, field, { columns: rows[0]!.answers.length })));
  return rows;
}

/** The units whose highest answers vary most from image to image: the others are on or off for all. */
function liveliest(maps: UnitMaps, count: number): number[] {
  const spread = Array.from({ length: maps.units }, (_, unit) => {
    const tops = topAnswers(maps, unit, maps.count).map(({ value }) => value);
    const mean = tops.reduce((a, b) => a + b, 0) / tops.length;
    return tops.reduce((sum, v) => sum + (v - mean) ** 2, 0) / tops.length;
  });
  const order = [...spread.keys()].sort((a, b) => spread[b]! - spread[a]! || a - b);
  return order.slice(0, count);
}

/** The images of a row, dim outside of the unit's region. */
function lit(
  maps: UnitMaps,
  unit: number,
  answers: readonly Answer[],
  items: Float32Array,
  shape: readonly number[],
): Float32Array[] {
  const [, height = 1, width = 1] = shape;
  const plane = height * width;
  const region = unitRegions(maps, unit, { height, width, share: 0.05 });
  return answers.map(({ item }) => {
    const own = items.subarray(item * sizeOf(shape), (item + 1) * sizeOf(shape));
    return own.map((v, at) =>
      region.data[item * plane + (at % plane)] ? v : dimmed * v - (1 - dimmed),
    );
  });
}

const noPictures = ({ path, field }: OpenRun) =>
  new GanymedeError("SAMPLE_FORMAT", {
    where: path,
    expected: "images, to show what filters look for",
    got: `items of shape [${field.shape}]`,
    fix: "choose a run of images",
  });

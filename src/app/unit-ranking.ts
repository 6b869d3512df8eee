import { sizeOf } from "../engine/ir/type.ts";
import { codesOf, type Drawn } from "./net-probe.ts";
import type { LayerSeen, OpenLayer } from "./unit-layer.ts";

/** What a map is to a ranking: its largest value, or its mean. */
export type MapMeasure = "max" | "mean";

/** Which items units are looked at on. */
export interface Ranking extends Partial<Drawn> {
  /** Items 0 … count − 1 of the seed, in whole batches of the layer: 256 when absent. */
  readonly count?: number;
  /** Items kept of each unit; 9 when absent. */
  readonly top?: number;
  /** `max` when absent. */
  readonly by?: MapMeasure;
}

/** The items at which each unit is largest, the largest first. */
export interface TopSamples {
  readonly top: number;
  /** Their numbers, [units, top]. */
  readonly items: Int32Array;
  /** What the unit is there, [units, top]. */
  readonly values: Float32Array;
}

/** max or mean of each map [rows, cells]. */
export function measureMaps(maps: Float32Array, cells: number, by: MapMeasure): Float32Array {
  return Float32Array.from({ length: maps.length / cells }, (_, row) => {
    let [largest, sum] = [Number.NEGATIVE_INFINITY, 0];
    for (let i = row * cells; i < (row + 1) * cells; i++) {
      largest = Math.max(largest, maps[i]!);
      sum += maps[i]!;
    }
    return by === "max" ? largest : sum / cells;
  });
}

/**
 * The items of a seed at which each unit of a layer is largest; of equals the first. Cost: one call of
 * the runtime a batch of items, for all units together.
 *
 * @param onProgress told the share that is done; where it returns false the rest is left out
 */
export async function topSamples(
  open: OpenLayer,
  { seed = 0, label, count = 256, top = 9, by = "max" }: Ranking = {},
  onProgress?: (share: number) => boolean,
): Promise<TopSamples> {
  const { units, map } = open.layer;
  const kept = Math.min(top, count);
  const items = new Int32Array(units * kept).fill(-1);
  const values = new Float32Array(units * kept).fill(Number.NEGATIVE_INFINITY);
  for (let from = 0; from < count; from += open.batch) {
    const length = Math.min(open.batch, count - from);
    const numbers = Array.from({ length }, (_, i) => from + i);
    const { maps } = await open.see(codesOf(open.run, numbers, { seed, label }));
    const measured = measureMaps(maps, sizeOf(map), by);
    measured.forEach((value, row) => {
      const [item, unit] = [from + Math.floor(row / units), row % units];
      insert({ items, values }, unit * kept, kept, { item, value });
    });
    if (onProgress?.((from + length) / count) === false) break;
  }
  return { top: kept, items, values };
}

/** Puts an item into a unit's list, where it is larger than one that is there. */
function insert(
  { items, values }: Pick<TopSamples, "items" | "values">,
  at: number,
  length: number,
  { item, value }: { readonly item: number; readonly value: number },
): void {
  let place = at + length;
  while (place > at && value > values[place - 1]!) place--;
  if (place === at + length) return;
  items.copyWithin(place + 1, place, at + length - 1);
  values.copyWithin(place + 1, place, at + length - 1);
  items[place] = item;
  values[place] = value;
}

/** What becomes of a run's items, or of the discriminator's scores, when a unit is off. */
export interface UnitEffect {
  readonly unit: number;
  /** Root mean square difference to what is made with all units on: of all pixels, or of the scores. */
  readonly effect: number;
}

/**
 * Switches each unit of a layer off in turn, and tells how much changes. Cost: one call of the runtime
 * a unit and a batch of items.
 *
 * @param asked items 0 … count − 1 of a seed; 16 of seed 0 when absent
 */
export async function* unitEffects(
  open: OpenLayer,
  { seed = 0, label, count = 16 }: Partial<Drawn> & { readonly count?: number } = {},
): AsyncGenerator<UnitEffect, void> {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const codes = codesOf(open.run, numbers, { seed, label });
  const shown = ({ items, scores }: LayerSeen) => scores ?? items;
  const before = shown(await open.see(codes));
  for (let unit = 0; unit < open.layer.units; unit++) {
    const after = shown(await open.see(codes, [{ units: [unit], factor: 0 }]));
    const squares = after.reduce((sum, v, i) => sum + (v - before[i]!) ** 2, 0);
    yield { unit, effect: Math.sqrt(squares / after.length) };
  }
}

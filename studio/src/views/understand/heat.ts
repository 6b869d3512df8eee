import { heatColour } from "../../../../src/core/heat.ts";
import type { Colour } from "../../../../src/core/png.ts";
import { type Items, itemAt, sizeOf } from "../../lib/pictures.ts";

/** The largest distance from 0. */
export function reachOf(values: ArrayLike<number>): number {
  let reach = 0;
  for (let i = 0; i < values.length; i++) reach = Math.max(reach, Math.abs(values[i]!));
  return reach;
}

/** Maps [n, 1, h, w] as colours, each on a scale of its own, or all on one. */
export function heatOf(maps: Items, scale: "each" | "all" = "each"): Items {
  const [, height = 1, width = 1] = maps.shape;
  const plane = height * width;
  const data = new Uint8Array(maps.count * 3 * plane);
  const common = scale === "all" ? reachOf(maps.data) : 0;
  for (let n = 0; n < maps.count; n++) {
    const map = itemAt(maps, n);
    const reach = common || reachOf(map) || 1;
    for (let i = 0; i < plane; i++)
      paint(data, 3 * n * plane + i, plane, heatColour(map[i]! / reach));
  }
  return { count: maps.count, shape: [3, height, width], data };
}

function paint(data: Uint8Array, at: number, plane: number, colour: Colour): void {
  for (let c = 0; c < 3; c++) data[at + c * plane] = Math.round(colour[c]!);
}

/** Pictures in grey with what is strong of their maps laid over, all maps on one scale. */
export function overlay(pictures: Items, maps: Items): Items {
  const [channels = 1, height = 1, width = 1] = pictures.shape;
  const plane = height * width;
  const data = new Uint8Array(pictures.count * 3 * plane);
  let largest = 1e-9;
  for (const v of maps.data) largest = Math.max(largest, v);
  for (let n = 0; n < pictures.count; n++) {
    const pixels = itemAt(pictures, n);
    const map = itemAt(maps, n);
    for (let i = 0; i < plane; i++) {
      let grey = 0;
      const colours = Math.min(3, channels);
      for (let c = 0; c < colours; c++) grey += pixels[c * plane + i]! / colours;
      const value = between(map, maps.shape, [
        (Math.floor(i / width) + 0.5) / height,
        ((i % width) + 0.5) / width,
      ]);
      const share = Math.max(0, Math.min(1, value / largest)) * 0.85;
      const [red, green, blue] = heatColour(share);
      const mixed = (v: number) => grey * 0.75 * (1 - share) + v * share;
      paint(data, 3 * n * plane + i, plane, [mixed(red), mixed(green), mixed(blue)]);
    }
  }
  return { count: pictures.count, shape: [3, height, width], data };
}

/** A map's value between its cells, at shares of its height and width. */
function between(map: ArrayLike<number>, shape: readonly number[], at: readonly [number, number]) {
  const [, height = 1, width = 1] = shape;
  const sides = [height, width].map((side, axis) => {
    const centre = Math.max(0, Math.min(side - 1, at[axis]! * side - 0.5));
    const low = Math.floor(centre);
    return { low, high: Math.min(side - 1, low + 1), part: centre - low };
  });
  const [y, x] = [sides[0]!, sides[1]!];
  const row = (r: number) =>
    map[r * width + x.low]! * (1 - x.part) + map[r * width + x.high]! * x.part;
  return row(y.low) * (1 - y.part) + row(y.high) * y.part;
}

/** How pictures differ, as maps [n, 1, h, w] from −1 to 1: the mean over channels. */
export function differenceOf(before: Items, after: Items): Items {
  const [channels = 1, height = 1, width = 1] = before.shape;
  const plane = height * width;
  const size = sizeOf(before.shape);
  const data = new Float32Array(before.count * plane);
  for (let n = 0; n < before.count; n++) {
    for (let k = 0; k < size; k++) {
      const change = after.data[n * size + k]! - before.data[n * size + k]!;
      data[n * plane + (k % plane)]! += change / 255 / channels;
    }
  }
  return { count: before.count, shape: [1, height, width], data };
}

/** Some of items, in an order. */
export function pickItems(items: Items, indices: readonly number[]): Items {
  const size = sizeOf(items.shape);
  const length = indices.length * size;
  const data = items.data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  indices.forEach((index, i) => {
    data.set(itemAt(items, index), i * size);
  });
  return { count: indices.length, shape: items.shape, data };
}

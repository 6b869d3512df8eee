import { decode } from "fast-png";
import { expect, test } from "vitest";
import { encodePng, imageGrid, scatter } from "./png.ts";

test.each([1, 3, 4] as const)("a raster of %i channels survives the file", (channels) => {
  const data = Uint8Array.from({ length: 5 * 3 * channels }, (_, i) => (i * 37) % 256);
  const read = decode(encodePng({ width: 5, height: 3, channels, data }));
  expect([read.width, read.height, read.channels, read.depth]).toEqual([5, 3, channels, 8]);
  expect([...read.data]).toEqual([...data]);
});

test("a raster of the wrong size is refused", () => {
  const wrong = { width: 2, height: 2, channels: 3 as const, data: new Uint8Array(4) };
  expect(() => encodePng(wrong)).toThrow(/png\] SHAPE expected 12 values for \[2,2,3\], got 4/);
});

test("planar images land interleaved in their cells", () => {
  const images = Uint8Array.of(
    ...[1, 2, 11, 12, 21, 22], // R, G, B of a 1x2 image
    ...[3, 4, 13, 14, 23, 24],
    ...[5, 6, 15, 16, 25, 26],
  );
  const grid = imageGrid(images, {
    count: 3,
    channels: 3,
    height: 1,
    width: 2,
    columns: 2,
    gap: 1,
    background: 9,
  });
  expect([grid.width, grid.height]).toEqual([7, 5]);
  const row = (y: number) => {
    const pixels = [...grid.data.subarray(y * 21, (y + 1) * 21)];
    return Array.from({ length: 7 }, (_, x) => pixels.slice(3 * x, 3 * x + 3).join(" ")).join(",");
  };
  expect(row(0)).toBe("9 9 9,".repeat(7).slice(0, -1));
  expect(row(1)).toBe("9 9 9,1 11 21,2 12 22,9 9 9,3 13 23,4 14 24,9 9 9");
  expect(row(3)).toBe("9 9 9,5 15 25,6 16 26,9 9 9,9 9 9,9 9 9,9 9 9");
});

test("float images map [-1, 1] to 0 … 255, clamp, and undo value = byte·2/255 - 1", () => {
  const cell = { count: 1, channels: 1, height: 1, gap: 0 } as const;
  const values = Float32Array.of(-1, 1, -7, 7, Number.NaN);
  expect([...imageGrid(values, { ...cell, width: 5 }).data]).toEqual([0, 255, 0, 255, 0]);
  const bytes = Array.from({ length: 256 }, (_, i) => i);
  const scaled = Float32Array.from(bytes, (byte) => (byte * 2) / 255 - 1);
  expect([...imageGrid(scaled, { ...cell, width: 256 }).data]).toEqual(bytes);
});

test("the default grid is nearly square, shows the first images, and its RGBA gaps are opaque", () => {
  const grid = imageGrid(new Uint8Array(4 * 9), { count: 7, channels: 4, height: 1, width: 1 });
  expect([grid.width, grid.height]).toEqual([2 + 3 * 3, 2 + 3 * 3]);
  expect([...grid.data.subarray(0, 4)]).toEqual([96, 96, 96, 255]);
});

test("too few images and empty grids are refused", () => {
  const cell = { channels: 1, height: 2, width: 2 } as const;
  expect(() => imageGrid(new Uint8Array(7), { ...cell, count: 2 })).toThrow(/SHAPE expected 8 val/);
  expect(() => imageGrid(new Uint8Array(0), { ...cell, count: 0 })).toThrow(/SHAPE.*at least 1/);
  expect(() => imageGrid(new Uint8Array(4), { ...cell, count: 1, columns: 0 })).toThrow(/SHAPE/);
});

const window = { x: [-1, 1], y: [-1, 1] } as const;
const red = [255, 0, 0] as const;
/** Where the picture is not white: x from the left, y from the top. */
function inked(points: number[], size = 21) {
  const set = { points: Float32Array.from(points), colour: red, opacity: 1, radius: 0.5 };
  const { data } = scatter([set], { bounds: window, size });
  const found: string[] = [];
  for (let i = 0; i < size * size; i++) {
    if (data[3 * i + 1] !== 255) {
      found.push(`${i % size},${Math.floor(i / size)}:${[...data.subarray(3 * i, 3 * i + 3)]}`);
    }
  }
  return found;
}

test("points land at their place, y upwards, and centre on a pixel fully covers it", () => {
  expect(inked([0, 0])).toEqual(["10,10:255,0,0"]);
  expect(inked([-1, 1])).toEqual(["0,0:255,0,0"]);
  expect(inked([1, -1])).toEqual(["20,20:255,0,0"]);
});

test("a point between two pixels shares its ink", () => {
  expect(inked([0.0625, 0], 17)).toEqual(["8,8:255,128,128", "9,8:255,128,128"]);
});

test("points outside, NaN and infinities leave no ink", () => {
  expect(inked([1.1, 0, 0, -1.1, Number.NaN, 0, 0, Number.POSITIVE_INFINITY])).toEqual([]);
});

test("later sets cover earlier ones by their opacity", () => {
  const at = { points: Float32Array.of(0, 0), radius: 1 };
  const sets = [
    { ...at, colour: red, opacity: 1 },
    { ...at, colour: [0, 0, 255] as const, opacity: 0.5 },
  ];
  const { data } = scatter(sets, { bounds: window, size: 3 });
  expect([...data.subarray(12, 15)]).toEqual([128, 0, 128]);
  const read = decode(encodePng(scatter(sets, { bounds: window, size: 3 })));
  expect([...read.data]).toEqual([...data]);
});

test.each([[[1, 1]], [[2, 1]], [[Number.NaN, 1]], [[0, Number.POSITIVE_INFINITY]]])(
  "bounds %j are refused",
  (x) => {
    const bounds = { x: x as [number, number], y: [0, 1] as const };
    expect(() => scatter([], { bounds })).toThrow(/BOUNDS/);
  },
);

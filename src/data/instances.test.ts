import { expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { type Described, instanceSource, nearestRows, thumbnails, whitening } from "./instances.ts";

const about = { title: "t", credit: "c", licence: "l" };
const n = 40;
const features = stream(1, "test").normal(new Float32Array(3 * n));
for (let i = 0; i < n; i++) features[3 * i + 2] = 5 + features[3 * i]! + 0.5 * features[3 * i + 2]!;
const described: Described = {
  field: { shape: [1, 1, 1], dtype: "u8", scale: 1 / 255, offset: 0 },
  images: Uint8Array.from({ length: n }, (_, i) => i),
  features,
  width: 3,
};

test("whitened rows have mean 0 and unit covariance", () => {
  const rows = whitening(features, 3)(features);
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += rows[3 * i + a]! * rows[3 * i + b]!;
      expect(sum / n).toBeCloseTo(a === b ? 1 : 0, 2);
    }
  }
  expect(() => whitening(features.slice(0, 9), 3)).toThrow(/DATA_FORMAT/);
});

test("neighbours are the nearest rows, the row itself first", () => {
  const line = Float32Array.of(0, 10, 1, 3, 10);
  expect([...nearestRows(line, 1, 0, 3)]).toEqual([0, 2, 3]);
  expect([...nearestRows(line, 1, 4, 2)]).toEqual([4, 1]);
});

test("an item is a neighbour of the instance that its condition describes", () => {
  const source = instanceSource(about, described, 5);
  const rows = whitening(features, 3)(features);
  const { image, condition } = source.batch(30, 20, 7);
  for (let i = 0; i < 20; i++) {
    const own = [...Array(n).keys()].find((j) =>
      [0, 1, 2].every((k) => rows[3 * j + k] === condition![3 * i + k]),
    )!;
    expect([...nearestRows(rows, 3, own, 5)]).toContain(image![i]);
  }
  expect(source.batch(30, 20, 7)).toEqual({ image, condition });
  const [first, rest] = [source.batch(30, 8, 7), source.batch(38, 12, 7)];
  expect([...first.image!, ...rest.image!]).toEqual([...image!]);
  const alone = instanceSource(about, described, 1);
  const all = alone.batch(0, n, 3);
  expect([...all.image!].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
});

test("thumbnails are means of parts of a picture", () => {
  const picture = Uint8Array.from({ length: 64 }, (_, at) => (at % 8 < 2 ? 100 : 20));
  const [first, , ...rest] = thumbnails(picture, [1, 8, 8]);
  expect(first).toBeCloseTo(100, 4);
  expect(rest.length).toBe(14);
  expect(thumbnails(picture, [1, 8, 8])[1]).toBeCloseTo(20, 4);
});

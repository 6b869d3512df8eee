import { describe, expect, test } from "vitest";
import { likeness, readPair, readThing } from "./shape-reader.ts";
import {
  captionOf,
  captionWords,
  colourNames,
  coverageOf,
  drawThings,
  shapeAreas,
  shapeNames,
  sizes,
} from "./shapes.ts";
import { shapes } from "./sources/shapes.ts";
import { shapesPair } from "./sources/shapes-pair.ts";

const sum = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b, 0);

describe.each(shapeNames.map((name, shape) => [name, shape] as const))("%s", (_, shape) => {
  const thing = { shape, colour: 0, x: 0.52, y: 0.47, radius: 0.2 };

  test("covers its area about its centre, at any side", () => {
    for (const side of [33, 128]) {
      const coverage = coverageOf(thing, side);
      const area = sum(coverage) / side ** 2;
      expect(Math.abs(area / (shapeAreas[shape]! * 0.2 ** 2) - 1)).toBeLessThan(0.02);
      const mean = (at: (i: number) => number) =>
        sum(coverage.map((v, i) => v * at(i))) / sum(coverage) / side;
      expect(mean((i) => (i % side) + 0.5)).toBeCloseTo(0.52, 2);
      expect(mean((i) => Math.floor(i / side) + 0.5)).toBeCloseTo(0.47, 2);
    }
  });

  test("its edges are ramps: moving by a quarter of a pixel moves the picture by little", () => {
    const [a, b] = [thing, { ...thing, x: thing.x + 0.25 / 32 }].map((t) => coverageOf(t, 32));
    const moved = a!.map((v, i) => Math.abs(v - b![i]!));
    expect(Math.max(...moved)).toBeLessThan(0.3);
    expect(sum(moved)).toBeGreaterThan(1);
  });
});

test.each(sizes)("pictures of one object of %s size are read as they were drawn", (size) => {
  const side = 16;
  const { image, shape, colour, place } = shapes.open({ side, size }).batch(0, 300, 3);
  let wrong = 0;
  for (let i = 0; i < 300; i++) {
    const read = readThing(image!.subarray(i * 3 * side ** 2, (i + 1) * 3 * side ** 2), side)!;
    if (read.shape !== shape![i] || read.colour !== colour![i]) wrong++;
    expect(Math.abs(read.x - place![3 * i]!)).toBeLessThan(0.02);
    expect(Math.abs(read.radius / place![3 * i + 2]! - 1)).toBeLessThan(0.12);
    expect(read.fit).toBeGreaterThan(0.85);
  }
  expect(wrong).toBe(0);
});

test("a picture is like the thing it shows, less so with stray colours or another shape", () => {
  const side = 32;
  const red = { shape: 0, colour: 0, x: 0.5, y: 0.5, radius: 0.25 };
  const picture = Float32Array.from(drawThings([red], side));
  expect(likeness(picture, red, side)).toBe(1);
  expect(likeness(picture, { ...red, colour: 1 }, side)).toBe(0);
  // Arms of the cross reach beyond the square, whose corners it does not fill.
  expect(likeness(picture, { ...red, shape: 3 }, side)).toBeLessThan(0.8);
  // Half as bright in blue: red ∩ / (red + blue/2) of the same area.
  const stray = picture.map((v, i) => (i < 2 * side ** 2 ? v : picture[i - 2 * side ** 2]! / 2));
  expect(readThing(stray, side)!.fit).toBeGreaterThan(0.97);
  expect(likeness(stray, red, side)).toBeCloseTo(2 / 3, 5);
});

test("a dark picture shows nothing", () => {
  expect(readThing(new Float32Array(3 * 64), 8)).toBeUndefined();
});

test.each(sizes)("two %s objects: no masks meet, and each is drawn in its colour", (size) => {
  const side = 24;
  const batch = shapes.open({ side, objects: 2, size }).batch(0, 100, 1);
  const plane = side * side;
  for (let i = 0; i < 100; i++) {
    const [a, b] = [0, 1].map((k) =>
      batch.mask!.subarray((2 * i + k) * plane, (2 * i + k + 1) * plane),
    );
    expect(a!.some((v, at) => v > 128 && b![at]! > 128)).toBe(false);
    const full = a!.indexOf(255);
    const rgb = [0, 1, 2].map((c) => batch.image![(3 * i + c) * plane + full]!);
    const alone = drawThings(
      [{ shape: 0, colour: batch.colour![2 * i]!, x: 0.5, y: 0.5, radius: 0.4 }],
      8,
    );
    expect(rgb).toEqual([0, 1, 2].map((c) => alone[c * 64 + 4 * 8 + 4]));
  }
});

describe.each([16, 32])("pairs of %i pixels", (side) => {
  const count = 8000 / side;
  const { image, shape, colour, place } = shapesPair.open({ side }).batch(0, count, 3);
  const pictureAt = (i: number) => image!.subarray(i * 3 * side ** 2, (i + 1) * 3 * side ** 2);

  test("two objects of one colour, in opposite corners", () => {
    const ways = new Set<string>();
    for (let i = 0; i < count; i++) {
      expect(colour![2 * i]).toBe(colour![2 * i + 1]);
      const [x, y, , farX, farY] = place!.subarray(6 * i, 6 * i + 6);
      const [right, low] = [x! > 0.5, y! > 0.5];
      expect([farX! > 0.5, farY! > 0.5]).toEqual([!right, !low]);
      ways.add(`${right} ${low}`);
    }
    expect(ways.size).toBe(4);
  });

  test("are read as they were drawn", () => {
    let [colours, shapes] = [0, 0];
    for (let i = 0; i < count; i++) {
      const read = readPair(pictureAt(i), side, { clear: 0.7 })!;
      for (const thing of read) {
        const k = [0, 1].find((k) => place![6 * i + 3 * k]! > 0.5 === thing.x > 0.5)!;
        if (thing.colour === colour![2 * i + k]) colours++;
        if (thing.shape === shape![2 * i + k]) shapes++;
        expect(Math.abs(thing.x - place![6 * i + 3 * k]!)).toBeLessThan(0.02);
        expect(Math.abs(thing.y - place![6 * i + 3 * k + 1]!)).toBeLessThan(0.02);
      }
    }
    expect(colours / (2 * count)).toBeGreaterThanOrEqual(0.99);
    expect(shapes / (2 * count)).toBeGreaterThanOrEqual(0.99);
  });
});

test("what is no pair is not read as one", () => {
  const thing = (x: number, y: number) => ({ shape: 1, colour: 0, x, y, radius: 0.14 });
  const [topLeft, topRight, low] = [thing(0.25, 0.25), thing(0.75, 0.25), thing(0.75, 0.75)];
  const read = (...things: (typeof low)[]) => readPair(drawThings(things, 16), 16, { clear: 0.7 });
  expect(read(topLeft, low)?.map(({ colour }) => colour)).toEqual([0, 0]);
  expect(read(topLeft)).toBeUndefined();
  expect(read(topLeft, topRight)).toBeUndefined();
  expect(read(topLeft, topRight, low)).toBeUndefined();
  expect(read()).toBeUndefined();
});

test("captions say what is where, and their words are numbered", () => {
  const red = { shape: 0, colour: 0, x: 0.2, y: 0.5, radius: 0.1 };
  const blue = { shape: 1, colour: 2, x: 0.8, y: 0.6, radius: 0.1 };
  expect(captionOf([red])).toBe("a red square");
  expect(captionOf([red, blue])).toBe("a red square left of a blue circle");
  expect(captionOf([blue, red])).toBe("a blue circle right of a red square");
  expect(captionOf([{ ...red, x: 0.8, y: 0.9 }, blue])).toBe("a red square below a blue circle");
  const { caption, colour, shape } = shapes.open({ objects: 2, side: 8 }).batch(5, 1, 2);
  const said = Array.from(caption!, (w) => captionWords[w]).filter((w) => w !== "");
  expect(said.slice(0, 3)).toEqual(["a", captionWords[7 + colour![0]!], shapeNames[shape![0]!]]);
  expect(said).toContain(shapeNames[shape![1]!]);
});

test("attributes say which colours and shapes there are", () => {
  const source = shapes.open({ objects: 2, side: 8 });
  const { labels = [] } = source.fields.attributes!;
  const { attributes, colour, shape } = source.batch(0, 50, 3);
  for (let i = 0; i < 50; i++) {
    const said = labels.filter((_, k) => attributes![i * labels.length + k] === 1);
    const both = [2 * i, 2 * i + 1];
    const seen = [
      ...both.map((at) => colourNames[colour![at]!]!),
      ...both.map((at) => shapeNames[shape![at]!]!),
    ];
    expect(new Set(said)).toEqual(new Set(seen));
  }
});

test("any cut of the stream is the same pictures", () => {
  const source = shapes.open({ side: 8, objects: 2 });
  const whole = source.batch(250, 12, 4);
  const part = source.batch(255, 2, 4);
  for (const name of ["image", "mask", "caption", "place", "attributes"]) {
    const size = whole[name]!.length / 12;
    expect([...part[name]!]).toEqual([...whole[name]!.subarray(5 * size, 7 * size)]);
  }
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GanymedeError } from "../core/errors.ts";
import { labelledImages, parseIdx } from "./idx.ts";

const bytesOf = (shape: readonly number[], data: readonly number[], type = 8) =>
  Uint8Array.of(
    0,
    0,
    type,
    shape.length,
    ...shape.flatMap((n) => [n >> 24, n >> 16, n >> 8, n]),
    ...data,
  );

describe("parseIdx", () => {
  test("reads shape and values, from a shifted view too", () => {
    const bytes = bytesOf([2, 1, 3], [1, 2, 3, 4, 5, 255]);
    const shifted = new Uint8Array([7, 7, 7, ...bytes]).subarray(3);
    expect(parseIdx(shifted, "f")).toEqual({
      shape: [2, 1, 3],
      data: Uint8Array.of(1, 2, 3, 4, 5, 255),
    });
  });

  test("sizes are big-endian, unsigned", () => {
    expect(parseIdx(bytesOf([258], new Array(258).fill(0)), "f").shape).toEqual([258]);
    expect(() => parseIdx(bytesOf([-1], []), "f")).toThrow(/at least 4294967303 bytes/);
  });

  test("every truncation of a sound file is DATA_TRUNCATED, and a byte more is DATA_FORMAT", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, at) => {
        const data = new Array(shape.reduce((a, b) => a * b, 1)).fill(5);
        const bytes = bytesOf(shape, data);
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => parseIdx(cut, "f")).toThrow(/\[f\] DATA_TRUNCATED.*get it again/);
        expect(() => parseIdx(bytesOf(shape, [...data, 1]), "f")).toThrow(/\[f\] DATA_FORMAT/);
      }),
    );
  });

  test.each([
    ["a gzip file", Uint8Array.of(0x1f, 0x8b, 8, 0, 0)],
    ["floats", bytesOf([1], [0, 0, 0, 0], 0x0d)],
    ["no dimension", bytesOf([], [])],
  ])("refuses %s", (_, bytes) => {
    expect(() => parseIdx(bytes, "f")).toThrow(/\[f\] DATA_FORMAT.*unsigned bytes/);
  });
});

describe("labelledImages", () => {
  const images = { where: "images", shape: [2, 1, 3], data: new Uint8Array(6) };
  const labels = { where: "labels", shape: [2], data: Uint8Array.of(1, 0) };
  const classes = ["no", "yes"];

  test("joins them as columns that networks can use", () => {
    const { image, label } = labelledImages(images, labels, classes);
    expect(image.field).toEqual({ shape: [1, 1, 3], dtype: "u8", scale: 2 / 255, offset: -1 });
    expect(255 * image.field.scale + image.field.offset).toBe(1);
    expect(label.field).toMatchObject({ shape: [], dtype: "i32", classes });
    expect(label.data).toEqual(Int32Array.of(1, 0));
  });

  test.each([
    [
      "three labels for two images",
      images,
      { ...labels, shape: [3], data: new Uint8Array(3) },
      "labels",
    ],
    ["labels that are images", images, { ...images, where: "labels" }, "labels"],
    ["images that are labels", { ...labels, where: "images" }, labels, "images"],
    ["no images", { ...images, shape: [0, 1, 3], data: new Uint8Array(0) }, labels, "images"],
    ["a label without a class", images, { ...labels, data: Uint8Array.of(0, 2) }, "labels"],
  ])("refuses %s and names the file", (_, left, right, where) => {
    try {
      labelledImages(left, right, classes);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(GanymedeError);
      expect(error).toMatchObject({ code: "DATA_FORMAT", fault: { where } });
    }
  });

  test("says which label is wrong and where", () => {
    const wrong = { ...labels, data: Uint8Array.of(0, 2) };
    expect(() => labelledImages(images, wrong, classes)).toThrow(/0 to 1, got 2 at item 1/);
  });
});

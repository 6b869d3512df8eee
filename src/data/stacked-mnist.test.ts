import { expect, test } from "vitest";
import { mnist } from "./sources/mnist.ts";
import { stackedMnist } from "./sources/stacked-mnist.ts";

const source = stackedMnist.open({ side: 16, split: "test" });

test("fields: three planes of bytes, and a label that needs no thousand names", () => {
  expect(source.size).toBe(Number.POSITIVE_INFINITY);
  expect(source.fields.image).toMatchObject({ shape: [3, 16, 16], dtype: "u8", scale: 2 / 255 });
  expect(source.fields.label).toEqual({ shape: [], dtype: "i32", scale: 1, offset: 0 });
});

test("each plane is a digit of MNIST, and the label names the three in their order", () => {
  const digits = mnist.open({ side: 16, split: "test" }).batch(0, 10_000, 0);
  const named = new Map<string, number>();
  for (let i = 0; i < 10_000; i++) {
    const plane = digits.image!.subarray(i * 256, (i + 1) * 256);
    named.set(Buffer.from(plane as Uint8Array).toString("base64"), digits.label![i]!);
  }
  const { image, label } = source.batch(250, 20, 7);
  for (let i = 0; i < 20; i++) {
    const planes = [0, 1, 2].map((c) => image!.subarray((3 * i + c) * 256, (3 * i + c + 1) * 256));
    const [r, g, b] = planes.map((p) => named.get(Buffer.from(p as Uint8Array).toString("base64")));
    expect(label![i]).toBe(100 * r! + 10 * g! + b!);
  }
});

test("8,000 items meet nearly all of the 1,000 modes, and seeds differ", () => {
  const labels = source.batch(0, 8192, 1).label!;
  const seen = new Set(labels);
  // A mode of share 0.001 is missed with probability e⁻⁸; the test digits are not quite even.
  expect(seen.size).toBeGreaterThan(990);
  expect(Math.max(...seen)).toBeLessThan(1000);
  expect(source.batch(0, 50, 1).label).toEqual(labels.slice(0, 50));
  expect(source.batch(0, 50, 2).label).not.toEqual(labels.slice(0, 50));
});

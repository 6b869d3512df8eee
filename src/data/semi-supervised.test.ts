import { describe, expect, test } from "vitest";
import type { Batch } from "./source.ts";
import { mnist } from "./sources/mnist.ts";
import { semiSupervised } from "./sources/semi-supervised.ts";

const small = { split: "test", side: 16, labels: 20, unlabelled: 50 } as const;
const area = 16 ** 2;
const rows = (data: Batch[string]): string[] =>
  Array.from({ length: data.length / area }, (_, i) =>
    Buffer.from(data.subarray(i * area, (i + 1) * area)).toString("base64"),
  );

describe("semi-supervised MNIST", async () => {
  const source = await semiSupervised.open(small);

  test("its fields: images without labels, and labelled ones", () => {
    expect(Object.keys(source.fields)).toEqual(["image", "known", "labelledImage", "label"]);
    expect(source.fields.labelledImage).toEqual(source.fields.image);
    expect(source.fields.label!.classes).toHaveLength(10);
    expect(source.size).toBe(50);
  });

  test("an epoch of labels holds each class equally often, with its own image", () => {
    const { labelledImage, label } = source.batch(0, 20, 3);
    const counts = new Array<number>(10).fill(0);
    for (const l of label!) counts[l]! += 1;
    expect(counts).toEqual(new Array(10).fill(2));
    const test = mnist.open({ split: "test", side: 16 }).batch(0, 10_000, 0);
    const truth = new Map(rows(test.image!).map((row, i) => [row, test.label![i]]));
    rows(labelledImage!).forEach((row, i) => {
      expect(truth.get(row)).toBe(label![i]);
    });
  });

  test("the run's seed orders the labelled images but does not choose them", async () => {
    const of = (seed: number) => rows(source.batch(0, 20, seed).labelledImage!);
    expect(of(1)).not.toEqual(of(2));
    expect(of(1).sort()).toEqual(of(2).sort());
    const others = (await semiSupervised.open({ ...small, labelSeed: 1 })).batch(0, 20, 1);
    expect(rows(others.labelledImage!).sort()).not.toEqual(of(1).sort());
  });

  test("unlabelled images are as many as asked for; batches cut one stream", () => {
    const epoch = rows(source.batch(0, 50, 1).image!);
    expect(new Set(epoch).size).toBe(50);
    expect(rows(source.batch(20, 30, 1).image!)).toEqual(epoch.slice(20));
  });

  test("of the unlabelled images the class is known of those that are labelled too", () => {
    const { labelledImage, label, image, known } = source.batch(0, 50, 3);
    const told = new Map(rows(labelledImage!).map((row, i) => [row, label![i]]));
    expect(told.size).toBe(20);
    expect(Array.from(known!)).toEqual(rows(image!).map((row) => told.get(row) ?? -1));
    expect(known!.some((k) => k >= 0)).toBe(true);
  });

  test.each([15, 20_000])("%i labels are refused, with a number that works", async (labels) => {
    await expect(semiSupervised.open({ ...small, labels })).rejects.toThrow(
      /multiple of the 10 classes/,
    );
  });
});

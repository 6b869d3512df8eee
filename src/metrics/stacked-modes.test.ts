import { expect, test } from "vitest";
import { stackedMnist } from "../data/sources/stacked-mnist.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import type { Extraction, Extractor } from "./extractor.ts";
import { openExtractor } from "./extractor-file.ts";
import { stackedModes, stackedModesOf } from "./stacked-modes.ts";

test("even counts are all hit at KL 0; one triple alone is 1 at ln 1000", () => {
  expect(stackedModesOf(new Float64Array(1000).fill(7))).toEqual({
    count: 7000,
    modes: 1000,
    hit: 1000,
    reverseKl: expect.closeTo(0, 12),
  });
  const alone = stackedModesOf(Float64Array.from({ length: 1000 }, (_, i) => (i === 42 ? 9 : 0)));
  expect(alone).toMatchObject({ count: 9, hit: 1 });
  expect(alone.reverseKl).toBeCloseTo(Math.log(1000), 12);
});

/** Says of picture i what it is told, in batches of four: triples fall across their borders. */
const scripted = (digits: readonly number[]): Extractor =>
  ({
    async extractBatches(_: unknown, onBatch: (batch: Extraction, from: number) => void) {
      for (let from = 0; from < digits.length; from += 4) {
        const part = digits.slice(from, from + 4);
        const data = new Float32Array(part.length * 10);
        part.forEach((digit, i) => {
          data[i * 10 + digit] = 1;
        });
        const rows = { count: part.length, width: 10, data };
        onBatch({ features: rows, probabilities: rows }, from);
      }
      return digits.length;
    },
  }) as unknown as Extractor;

test("planes are read three by three: 123, 456, 123 and 009 are three of 1,000", async () => {
  const planes = { data: new Float32Array(0), count: 0, channels: 1, height: 1, width: 1 };
  const said = await stackedModes(scripted([1, 2, 3, 4, 5, 6, 1, 2, 3, 0, 0, 9]), {
    ...planes,
    range: [0, 1],
  });
  expect(said).toMatchObject({ count: 4, hit: 3 });
  // shares ½, ¼, ¼
  expect(said.reverseKl).toBeCloseTo(0.5 * Math.log(500) + 0.5 * Math.log(250), 10);
});

test("our digit classifier names stacked data as their labels do", async () => {
  const source = stackedMnist.open({ side: 16, split: "test" });
  const { image, label } = source.batch(0, 60, 3);
  const digits = await openExtractor(await nodeCpu({ threads: 1 }), "digits");
  const planes = {
    data: Float32Array.from(image!),
    count: 180,
    channels: 1,
    height: 16,
    width: 16,
  };
  const said = await stackedModes(digits, { ...planes, range: [0, 255] });
  await digits.dispose();
  expect(said.count).toBe(60);
  const distinct = new Set(label).size;
  expect(Math.abs(said.hit - distinct)).toBeLessThanOrEqual(2);
});

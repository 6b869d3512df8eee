import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Source } from "../data/source.ts";
import { fashionMnist } from "../data/sources/fashion-mnist.ts";
import { mnist } from "../data/sources/mnist.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { openExtractor, readManifest } from "./extractor-file.ts";

const provider = await nodeCpu({ threads: 1 });

/** What a bundled extractor says of the first images of a source, and their labels. */
async function look(id: string, source: Source, count: number) {
  const extractor = await openExtractor(provider, id);
  const { image, label } = source.batch(0, count, 0);
  const [, height, width] = source.fields.image!.shape as [number, number, number];
  const images = { data: Float32Array.from(image!), count, channels: 1, height, width };
  const said = await extractor.extract({ ...images, range: [0, 255] });
  await extractor.dispose();
  return { ...said, labels: label as Int32Array };
}

async function accuracy(id: string, source: Source): Promise<number> {
  const { probabilities, labels } = await look(id, source, 1000);
  const { width, data } = probabilities!;
  const right = labels.filter((truth, i) => {
    const row = data.subarray(i * width, (i + 1) * width);
    expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    return row.indexOf(Math.max(...row)) === truth;
  });
  return right.length / 1000;
}

test.each([28, 16] as const)(
  "digits knows the first 1,000 test digits at %i pixels",
  async (side) => {
    expect(await accuracy("digits", mnist.open({ split: "test", side }))).toBeGreaterThanOrEqual(
      0.985,
    );
  },
);

const fashion =
  process.env.GANYMEDE_FASHION_MNIST ??
  fileURLToPath(new URL("../../../shared/data/fashion-mnist", import.meta.url));
const reason = existsSync(join(fashion, "t10k-images-idx3-ubyte.gz"))
  ? ""
  : " (skipped: GANYMEDE_FASHION_MNIST names no folder)";

test.skipIf(reason !== "").each([28, 16] as const)(
  `garments knows the first 1,000 test garments at %i pixels${reason}`,
  async (side) => {
    const source = await fashionMnist.open({ split: "test", side, folder: fashion });
    expect(await accuracy("garments", source)).toBeGreaterThanOrEqual(0.88);
  },
);

test.each(["digits", "encoder"])("%s: each feature of digits is finite and varies", async (id) => {
  const { features } = await look(id, mnist.open({ split: "test" }), 300);
  const { count, width, data } = features;
  expect([count, width]).toEqual([300, readManifest(id).outputs.features.width]);
  for (let k = 0; k < width; k++) {
    const column = Array.from({ length: count }, (_, i) => data[i * width + k]!);
    const mean = column.reduce((a, b) => a + b, 0) / count;
    expect(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count).toBeGreaterThan(1e-3);
  }
});

test("an image's features do not depend on what comes with it", async () => {
  const source = mnist.open({ split: "test" });
  const many = (await look("encoder", source, 103)).features;
  const one = (await look("encoder", source, 1)).features;
  for (const [k, v] of one.data.entries()) expect(Math.abs(many.data[k]! - v)).toBeLessThan(1e-5);
});

test("our models are small, and the encoder knows no labels", () => {
  for (const id of ["digits", "garments", "encoder"]) {
    expect(readManifest(id).bytes).toBeLessThan(500_000);
  }
  expect(readManifest("encoder").classes).toBeUndefined();
});

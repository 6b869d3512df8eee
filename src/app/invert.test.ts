import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { conditionalRun } from "../../test/conditional-run.ts";
import { normal } from "../gan/latent.ts";
import { readCodes } from "./codes.ts";
import { loadSystem, resolveConfig } from "./config.ts";
import { invertImage, readPicture, writeInversion } from "./invert.ts";
import { runTraining } from "./run-training.ts";
import { type OpenRun, openRun } from "./sample.ts";
import { writeSamples } from "./sample-files.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-invert-"));
const opened: OpenRun[] = [];
afterAll(async () => {
  for (const run of opened) await run.dispose();
  rmSync(root, { recursive: true, force: true });
});

async function dcgan(): Promise<OpenRun> {
  const { tiny: options } = await loadSystem("dcgan");
  const { config } = await resolveConfig({ system: "dcgan", options, steps: 2, threads: 1 });
  const runPath = join(root, "dcgan");
  await runTraining(
    { config, runPath, resume: false },
    () => {},
    () => false,
  );
  opened.push(await openRun(runPath, { threads: 1 }));
  return opened.at(-1)!;
}

describe("a conditional run", async () => {
  const run = await conditionalRun(root, normal(2));
  opened.push(run);
  const image = await run.sample({ seed: 7, count: 1, labels: [1] });
  const pixels = { l2: 1, prior: 0, perceptual: 0 };

  test("an image of its own is found again, and its class by trying all", async () => {
    const found = await invertImage(run, image, { seed: 0, pool: 40, weights: pixels });
    expect(found).toHaveLength(3 * 4);
    expect(found[0]!.label).toBe(1);
    expect(found[0]!.error).toBeLessThan(1e-3);
    for (let i = 1; i < found.length; i++) {
      expect(found[i]!.loss).toBeGreaterThanOrEqual(found[i - 1]!.loss);
    }
    const [picture, code] = [join(root, "c.png"), join(root, "c.json")];
    await writeInversion(run, image, found, { picture, code });
    const { data, width } = decode(readFileSync(picture));
    expect(width).toBe(2 + 13 * 6);
    const wanted = Math.round((image[0]! + 1) * 127.5);
    expect([data[2 * width + 2], data[2 * width + 8]]).toEqual([wanted, wanted]);
    const again = await readCodes(run, code);
    expect(again).toMatchObject({ count: 1, labels: [1] });
    const made = await run.sample({ seed: 0, ...again });
    made.forEach((v, i) => {
      expect(Math.abs(v - image[i]!)).toBeLessThan(0.01);
    });
  });

  test("one class, either optimiser, the absolute difference too", async () => {
    for (const optimiser of ["adam", "lbfgs"] as const) {
      const asked = { seed: 0, optimiser, label: 1, restarts: 2, steps: 300, pool: 40 };
      const squares = await invertImage(run, image, { ...asked, weights: pixels });
      expect(squares).toHaveLength(2);
      expect(squares[0]!.error).toBeLessThan(2e-3);
      const weights = { ...pixels, l2: 0, l1: 1 };
      const absolute = await invertImage(run, image, { ...asked, weights });
      expect(absolute[0]!.error).toBeLessThan(1e-2);
    }
  });

  test("the prior keeps codes short", async () => {
    const of = async (prior: number) => {
      const weights = { ...pixels, prior };
      const [best] = await invertImage(run, image, { seed: 0, label: 1, weights });
      return Math.hypot(...best!.code);
    };
    expect(await of(1)).toBeLessThan(0.5 * (await of(0)));
  });

  test("weights of nothing, and noise of two kinds, are refused", async () => {
    const nothing = { l2: 0, perceptual: 0, prior: 0 };
    const asked = invertImage(run, image, { seed: 0, weights: nothing });
    await expect(asked).rejects.toThrow(/OPTION.*one above 0/);
    const mixed = await conditionalRun(root);
    opened.push(mixed);
    await expect(invertImage(mixed, image, { seed: 0 })).rejects.toThrow(/GAME.*uniform style/);
  });
});

describe("a run of digits", async () => {
  const run = await dcgan();

  test("a picture file comes back through pixels and features", async () => {
    await writeSamples(run, { count: 1, seed: 5 }, { out: join(root, "one") });
    const image = await readPicture(run, join(root, "one", "000000.png"));
    const made = await run.sample({ count: 1, seed: 5 });
    image.forEach((v, i) => {
      expect(Math.abs(v - made[i]!)).toBeLessThanOrEqual(1 / 255 + 1e-6);
    });
    const weights = { prior: 0, perceptual: 0.1 };
    const asked = { seed: 0, restarts: 2, steps: 40, pool: 40, weights };
    const [best] = await invertImage(run, image, asked);
    expect(best!.error).toBeLessThan(0.01);
    const features = { l2: 0, prior: 0, perceptual: 1 };
    const [seen] = await invertImage(run, image, { ...asked, weights: features });
    expect(seen!.loss).toBeLessThan(0.01);
  });

  test("pictures of other shapes are cut; what is none is refused", async () => {
    const file = join(root, "wide.png");
    const wide = { width: 80, height: 40, channels: 3 as const, background: "#ffffff" };
    await sharp({ create: wide }).png().toFile(file);
    const image = await readPicture(run, file);
    expect(image).toEqual(new Float32Array(784).fill(1));
    const held = await readPicture(run, file, "contain");
    expect(held[0]).toBe(-1);
    writeFileSync(file, "not a picture");
    await expect(readPicture(run, file)).rejects.toThrow(/PICTURE expected a picture/);
    await expect(readPicture(run, join(root, "none.png"))).rejects.toThrow(/PICTURE.*ENOENT/);
    const points: OpenRun = { ...run, field: { ...run.field, shape: [2] } };
    await expect(readPicture(points, file)).rejects.toThrow(/SAMPLE_FORMAT/);
  });
});

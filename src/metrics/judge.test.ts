import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { mnist } from "../data/sources/mnist.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { type JudgeManifest, sha256, startJudge } from "./judge.ts";
import { digitJudgeFile, openJudge } from "./judge-file.ts";

const provider = await nodeCpu({ threads: 1 });
const manifest = JSON.parse(readFileSync(digitJudgeFile, "utf8")) as JudgeManifest;
const model = readFileSync(join(dirname(digitJudgeFile), manifest.file));
const folder = mkdtempSync(join(tmpdir(), "judge-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a record of its own and returns its path. */
function record(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("SHA-256 of abc, from FIPS 180-2", async () => {
  expect(await sha256(new TextEncoder().encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

describe("the digit judge", () => {
  test("is small and knows the first 1,000 test digits", async () => {
    expect(model.length).toBeLessThan(500 * 1024);
    const judge = await openJudge(provider);
    const source = mnist.open({ split: "test" });
    const { image, label } = source.batch(0, 1000, 0);
    const said = await judge.probabilities(Float32Array.from(image!, (v) => (v * 2) / 255 - 1));
    const right = Array.from(label!).filter((truth, i) => {
      const row = said.subarray(i * 10, i * 10 + 10);
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      return row.indexOf(Math.max(...row)) === truth;
    });
    expect(right.length).toBeGreaterThanOrEqual(985);
    await judge.dispose();
  });

  test("says the same of an image whatever comes with it, and fills up its last batch", async () => {
    const judge = await startJudge(manifest, model, provider);
    const { image } = mnist.open({ split: "test" }).batch(0, 103, 0);
    const images = Float32Array.from(image!, (v) => (v * 2) / 255 - 1);
    const all = await judge.probabilities(images);
    expect(all.length).toBe(1030);
    const last = await judge.probabilities(images.subarray(102 * 784));
    expect(last.length).toBe(10);
    last.forEach((p, c) => {
      expect(Math.abs(p - all[1020 + c]!)).toBeLessThan(1e-6);
    });
    expect((await judge.probabilities(new Float32Array(0))).length).toBe(0);
    await judge.dispose();
  });

  test("refuses what is not whole finite images", async () => {
    const judge = await startJudge(manifest, model, provider);
    const refusal = (images: Float32Array) =>
      expect(judge.probabilities(images)).rejects.toMatchObject({ code: "JUDGE_INPUT" });
    await refusal(new Float32Array(785));
    await refusal(new Float32Array(784).fill(Number.NaN));
    await judge.dispose();
  });
});

describe("files", () => {
  test("a model that is not the recorded one: JUDGE_HASH", async () => {
    const changed = Uint8Array.from(model);
    changed[changed.length - 1]! ^= 1;
    await expect(startJudge(manifest, changed, provider)).rejects.toMatchObject({
      code: "JUDGE_HASH",
    });
  });

  test("no record, or no model beside it: JUDGE_MISSING", async () => {
    const missing = { code: "JUDGE_MISSING" };
    await expect(openJudge(provider, join(folder, "none.json"))).rejects.toMatchObject(missing);
    const alone = record("alone.json", JSON.stringify(manifest));
    await expect(openJudge(provider, alone)).rejects.toMatchObject(missing);
  });

  test.each([
    ["not JSON", "{"],
    ["no hash", JSON.stringify({ ...manifest, sha256: undefined })],
    ["null", "null"],
  ])("a record that is none (%s): JUDGE_FORMAT", async (name, text) => {
    const path = record(`${name.replace(" ", "-")}.json`, text);
    await expect(openJudge(provider, path)).rejects.toMatchObject({ code: "JUDGE_FORMAT" });
  });
});

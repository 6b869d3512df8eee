import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { conditionalRun } from "../../test/conditional-run.ts";
import { readNpz } from "../core/npz.ts";
import { arithmetic, evaluateExpression } from "./arithmetic.ts";
import { readCodes } from "./codes.ts";
import { parseExpression } from "./expression.ts";
import type { OpenRun } from "./sample.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-arithmetic-"));
let run: OpenRun;
beforeAll(async () => {
  run = await conditionalRun(root);
});
afterAll(async () => {
  await run.dispose();
  rmSync(root, { recursive: true, force: true });
});

describe("the syntax", () => {
  test("groups, single items, weights, seeds and files", () => {
    expect(parseExpression("[1,2,3] - [4,5] + 6")).toEqual([
      { weight: 1, group: [{ item: 1 }, { item: 2 }, { item: 3 }] },
      { weight: -1, group: [{ item: 4 }, { item: 5 }] },
      { weight: 1, group: [{ item: 6 }] },
    ]);
    expect(parseExpression('-0.5*[5:12]+2e1*@a-b.json:3 - @"my face.json":1')).toEqual([
      { weight: -0.5, group: [{ seed: 5, item: 12 }] },
      { weight: 20, group: [{ file: "a-b.json", item: 3 }] },
      { weight: -1, group: [{ file: "my face.json", item: 1 }] },
    ]);
  });

  const mistakes: [text: string, at: number, expected: RegExp][] = [
    ["", 1, /an item.*got the end/],
    ["[1,2", 5, /closing bracket, got the end/],
    ["[1,]", 4, /an item.*got "]"/],
    ["[]", 2, /an item/],
    ["1 2", 3, /\+, - or the end, got "2"/],
    ["[1] + ", 7, /an item/],
    ["[1] + * 3", 7, /an item/],
    ["x*[1]", 1, /a number before \*, got "x"/],
    ["[1] - [a]", 8, /got "a"/],
    ["1.5", 1, /got "1\.5"/],
    ['1 + "', 5, /a sign or a bracket, got """/],
    ["1 - - 2", 5, /an item.*got "-"/],
  ];
  test.each(mistakes)("%j is wrong at character %i", (text, at, expected) => {
    const parse = () => parseExpression(text);
    expect(parse).toThrow(`[character ${at} of "${text}"] EXPRESSION`);
    expect(parse).toThrow(expected);
  });
});

describe("the result", () => {
  const code = (item: number) => run.sampler.codes({ seed: 2, from: item, count: 1 });

  test("is the weighted sum of the groups' means", async () => {
    const expression = parseExpression("[1,2] - 0.5*[3,4] + 5");
    const { result, averages } = await evaluateExpression(run, expression, { seed: 2 });
    const [a, b, c, d, e] = [1, 2, 3, 4, 5].map(code) as Float32Array[];
    expect(averages.length).toBe(3 * 8);
    a!.forEach((_, k) => {
      const by = (a![k]! + b![k]!) / 2 - (c![k]! + d![k]!) / 4 + e![k]!;
      expect(result[k]).toBeCloseTo(by, 6);
    });
  });

  test("renormalised, its normal part has the usual length and the uniform one is left", async () => {
    const expression = parseExpression("1 + 2 + 3");
    const plain = await evaluateExpression(run, expression, { seed: 2 });
    const scaled = await evaluateExpression(run, expression, { seed: 2, renormalise: true });
    expect(Math.hypot(...scaled.result.subarray(0, 6))).toBeCloseTo(Math.sqrt(6), 5);
    expect(scaled.result.subarray(6)).toEqual(plain.result.subarray(6));
  });

  test("the figure: groups, their means, and the result amid its neighbours", async () => {
    const [out, file] = [join(root, "figure.png"), join(root, "result.json")];
    const { result, averages } = await arithmetic(run, "[3,6,9] - [0] + [12]", {
      out,
      seed: 2,
      code: file,
    });
    const { width, height, data } = decode(readFileSync(out));
    // Three groups, a gap and three columns; three items and a mean.
    expect([width, height]).toEqual([2 + 7 * 6, 2 + 4 * 6]);
    const first = (row: number, column: number) => data[(2 + row * 6) * width + 2 + column * 6];
    const drawn = async (codes: Float32Array) =>
      Math.round(((await run.sample({ seed: 0, count: 1, codes, labels: [0] }))[0]! + 1) * 127.5);
    expect(first(0, 0)).toBe(await drawn(code(3)));
    expect(first(2, 0)).toBe(await drawn(code(9)));
    expect(first(3, 0)).toBe(await drawn(averages.slice(0, 8)));
    expect(first(1, 5)).toBe(await drawn(result));
    expect(first(1, 1)).toBe(96);
    const cell = (row: number, column: number) =>
      [2, 3, 4, 5].map((y) => data.subarray((y + row * 6) * width + 2 + column * 6).slice(0, 4));
    const block = [4, 5, 6].flatMap((column) => [0, 1, 2].map((row) => cell(row, column).join()));
    expect(new Set(block).size).toBe(9);
    // The result can be taken on: it is its own sum.
    expect((await readCodes(run, file)).codes).toEqual(result);
    const again = await evaluateExpression(run, parseExpression(`@"${file}"`), { seed: 0 });
    expect(again.result).toEqual(result);
  });

  test("one by one: items, means, the result, eight neighbours within the spread", async () => {
    const out = join(root, "figure.npz");
    const { result } = await arithmetic(run, "[1,2] - 3", { out, seed: 2, spread: 0.1, label: 2 });
    const arrays = await readNpz(out, ["codes", "labels"]);
    expect(arrays.get("codes")!.shape).toEqual([3 + 2 + 1 + 8, 8]);
    expect(new Set(arrays.get("labels")!.data)).toEqual(new Set([2]));
    const around = arrays.get("codes")!.data.subarray(6 * 8);
    const steps = Array.from(around, (v, i) => Math.abs(v - result[i % 8]!));
    expect(Math.max(...steps)).toBeLessThanOrEqual(0.1 + 1e-6);
    expect(Math.max(...steps)).toBeGreaterThan(0.08);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { conditionalRun } from "../../test/conditional-run.ts";
import { readNpz } from "../core/npz.ts";
import type { TableColumn } from "../data/source.ts";
import { parseReference, readCodes, resolveReferences, writeCodes } from "./codes.ts";
import { classNumbers, type OpenRun } from "./sample.ts";
import { writeSamples } from "./sample-files.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-samples-"));
let run: OpenRun;
beforeAll(async () => {
  run = await conditionalRun(root);
});
afterAll(async () => {
  await run.dispose();
  rmSync(root, { recursive: true, force: true });
});

const request = { count: 70, seed: 3 };
/** Pixels of the run's own items, as the formats must have them. */
const expected = async (asked: Parameters<OpenRun["sample"]>[0] = request) =>
  Uint8Array.from(await run.sample(asked), (v) =>
    Math.min(255, Math.max(0, Math.round((v + 1) * 127.5))),
  );

describe("one item is the same in every format", () => {
  test("npz: samples, codes and labels; codes make the same samples again", async () => {
    const out = join(root, "s.npz");
    expect(await writeSamples(run, request, { out })).toBe("npz");
    const arrays = await readNpz(out, ["samples", "codes", "labels"]);
    expect(arrays.get("samples")).toMatchObject({ type: "|u1", shape: [70, 1, 4, 4] });
    expect(arrays.get("samples")!.data).toEqual(await expected());
    expect(Array.from(arrays.get("labels")!.data)).toEqual(
      Array.from({ length: 70 }, (_, i) => i % 3),
    );
    const again = await readCodes(run, out);
    expect(again.count).toBe(70);
    const made = await run.sample({ seed: 99, ...again });
    expect(made).toEqual(await run.sample(request));
  });

  test("a folder has a sub-folder a class, files by the item's number", async () => {
    const out = join(root, "folder");
    await writeSamples(run, { count: 4, seed: 3 }, { out });
    expect(readdirSync(out).sort()).toEqual(["one", "two-or-more", "zero"]);
    expect(readdirSync(join(out, "zero"))).toEqual(["000000.png", "000003.png"]);
    const { data, width, height } = decode(readFileSync(join(out, "zero", "000003.png")));
    expect([width, height]).toEqual([4, 4]);
    expect(Uint8Array.from(data)).toEqual((await expected()).subarray(48, 64));
  });

  test("a sheet with a row a class", async () => {
    const labels = classNumbers(run, "all");
    const asked = { count: 6, seed: 3, labels, each: 2 };
    const out = join(root, "sheet.png");
    await writeSamples(run, asked, { out, columns: 2 });
    const { data, width, height } = decode(readFileSync(out));
    expect([width, height]).toEqual([2 + 2 * 6, 2 + 3 * 6]);
    const pixels = await expected(asked);
    // Item 5 is the second one of the third row.
    for (let y = 0; y < 4; y++) {
      const row = data.subarray((14 + y) * width + 8, (14 + y) * width + 12);
      expect(Uint8Array.from(row)).toEqual(pixels.subarray(5 * 16 + y * 4, 5 * 16 + y * 4 + 4));
    }
  });

  test("csv has a line an item and its class, quoted where it must be", async () => {
    const out = join(root, "s.csv");
    await writeSamples(run, { count: 3, seed: 3 }, { out });
    const lines = readFileSync(out, "utf8").trimEnd().split("\n");
    expect(lines[0]).toBe(`${Array.from({ length: 16 }, (_, i) => `x${i}`)},class`);
    expect(lines[3]!.endsWith(',"two, or more"')).toBe(true);
    const numbers = lines[1]!.split(",").slice(0, 16).map(Number);
    expect(Uint8Array.from(numbers)).toEqual((await expected()).subarray(0, 16));
  });
});

test("rows of a table are written in its own columns and values", async () => {
  const { dtype: _, ...image } = run.field;
  const columns: TableColumn[] = [
    { kind: "number", name: "age", at: 0, mean: 40, deviation: 20, digits: 0, low: 18, high: 90 },
    { kind: "category", name: "job, main", at: 1, values: ["none", 'a "real" one'] },
  ];
  const field = { ...image, dtype: "f32" as const, scale: 1, offset: 0, shape: [3], columns };
  const rows = Float32Array.of(0.5, 0.2, 0.9, -9, 0.8, -0.1);
  const table: OpenRun = {
    ...run,
    field,
    async *pieces() {
      yield rows;
    },
  };
  const out = join(root, "table.csv");
  await writeSamples(table, { count: 2, seed: 0, labels: [0] }, { out });
  expect(readFileSync(out, "utf8")).toBe(
    'age,"job, main",class\n50,"a ""real"" one",zero\n18,none,zero\n',
  );
});

describe("any number of items", () => {
  test("passes through memory a batch at a time", async () => {
    let most = 0;
    const counting: OpenRun = {
      ...run,
      async *pieces(asked) {
        for await (const piece of run.pieces(asked)) {
          most = Math.max(most, piece.length / 16);
          yield piece;
        }
      },
      sample: () => Promise.reject(new Error("all at once")),
    };
    for (const out of ["many.npz", "many.csv", "many"]) {
      await writeSamples(counting, { count: 130, seed: 0 }, { out: join(root, out) });
    }
    expect(most).toBe(64);
  });

  test("but a picture has a size", async () => {
    const asked = { count: 2 ** 28, seed: 0 };
    const written = writeSamples(run, asked, { out: join(root, "huge.png") });
    await expect(written).rejects.toThrow(/SHEET_SIZE expected at most 16777216 items/);
  });
});

describe("truncation", () => {
  test("scales codes: at 0 all items of a class are the same one", async () => {
    const labels = [1];
    const none = await run.sample({ count: 3, seed: 5, truncation: 0, labels });
    expect(none.subarray(0, 16)).toEqual(none.subarray(32, 48));
    const codes = run.sampler.codes({ count: 3, seed: 5, from: 63 });
    const half = run.sampler.codes({ count: 3, seed: 5, from: 63, truncation: 0.5 });
    expect(half).toEqual(codes.map((v) => v * 0.5));
    // Items across two calls are the items of the whole.
    expect(codes).toEqual(run.sampler.codes({ count: 70, seed: 5 }).slice(63 * 8, 66 * 8));
  });
});

describe("codes", () => {
  test("are found by item, by seed and item, and in files", async () => {
    const file = join(root, "two.json");
    const drawn = run.sampler.codes({ seed: 8, count: 2 });
    await writeCodes(run, file, { codes: drawn, count: 2, labels: [2, 0] });
    const references = ["4", "8:1", `@${file}`, `@${file}:1`].map(parseReference);
    const found = await resolveReferences(run, references, { seed: 3 });
    expect(found.count).toBe(5);
    // Labels as `sample` shows the items: 4 % 3, 1 % 3, then the file's.
    expect(found.labels).toEqual([1, 1, 2, 0, 0]);
    expect(found.codes.slice(0, 8)).toEqual(run.sampler.codes({ seed: 3, from: 4, count: 1 }));
    expect(found.codes.slice(8, 16)).toEqual(drawn.slice(8));
    expect(found.codes.slice(16, 32)).toEqual(drawn);
  });

  test("of other generators, or no codes at all, are refused", async () => {
    const file = join(root, "wrong.json");
    const refusal = async (text: string) => {
      writeFileSync(file, text);
      return readCodes(run, file).then(
        () => "read",
        (error: Error) => error.message,
      );
    };
    expect(await refusal("{}")).toMatch(/CODES_FORMAT.*at codes/);
    expect(await refusal("{")).toMatch(/CODES_FORMAT/);
    expect(await refusal('{"codes":[[1,2]]}')).toMatch(
      /CODES_SHAPE expected codes \[n, 8\].*\[1, 2\]/,
    );
    expect(await refusal('{"codes":[[1,2],[1]]}')).toMatch(/1 numbers in code 1/);
    const row = JSON.stringify(Array(8).fill(0));
    expect(await refusal(`{"codes":[${row}],"labels":[3]}`)).toMatch(/label 3 of 3 classes/);
    expect(await refusal(`{"codes":[${row}],"labels":[1]}`)).toBe("read");
    for (const text of ["", "x", "1:2:3", "-1", "1.5", "@"]) {
      expect(() => parseReference(text), text).toThrow(/REFERENCE/);
    }
  });

  test("formats that cannot hold the items say which can", async () => {
    const points: OpenRun = { ...run, field: { ...run.field, shape: [16], dtype: "f32" } };
    const written = writeSamples(points, request, { out: join(root, "points") });
    await expect(written).rejects.toThrow(/SAMPLE_FORMAT.*csv or npz/);
    const strange = writeSamples(run, request, { out: join(root, "x.bmp") });
    await expect(strange).rejects.toThrow(/SAMPLE_FORMAT.*\.bmp/);
  });
});

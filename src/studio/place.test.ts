import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { beginning, placeId, readNews, readPlace } from "./place.ts";
import { Records, thinned } from "./records.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-place-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const log = join(root, "metrics.jsonl");
const row = (step: number) => `${JSON.stringify({ step, values: { loss: step } })}\n`;
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => row(from + i)).join("");

test("a log is read on from where one was, whole lines only", () => {
  expect(readNews(root, beginning).rows).toEqual([]);
  writeFileSync(log, `${rows(1, 4)}{"step":4,"va`);
  const first = readNews(root, beginning);
  expect(first.rows.map(({ step }) => step)).toEqual([1, 2, 3]);
  appendFileSync(log, 'lues":{"loss":4}}\nrubbish\n');
  const second = readNews(root, readPlace(placeId(first.place)));
  expect(second.rows).toEqual([{ step: 4, values: { loss: 4 } }]);
  expect(readNews(root, second.place)).toMatchObject({ rows: [], isOther: false });
  mkdirSync(join(root, "samples"));
  writeFileSync(join(root, "samples", "step-00000007.png"), "");
  expect(readNews(root, second.place).grids).toEqual([7]);
  // A resumed run cuts its log, and soon it is as long again.
  writeFileSync(log, rows(1, 3));
  expect(readNews(root, second.place).isOther).toBe(true);
  writeFileSync(log, rows(1, 3) + rows(20, 60));
  expect(readNews(root, second.place).isOther).toBe(true);
});

test("ids that nobody gave are the beginning", () => {
  for (const id of [undefined, "", "1_2", "../..", "1_1_1_1_1_1_1_1", "-5_1_0_1_0_1_0"]) {
    expect(readPlace(id)).toEqual(beginning);
  }
});

test("a long log is read in pieces, once, and again where it was cut", async () => {
  const records = new Records();
  writeFileSync(log, rows(1, 30_001));
  const { history, after, grids } = await records.read(root);
  expect(history.rows).toBe(30_000);
  expect(history.curves.loss!.step.length).toBeLessThanOrEqual(1000);
  expect(history.curves.loss!.high!.at(-1)).toBe(30_000);
  expect(grids).toEqual([7]);
  appendFileSync(log, row(30_001));
  expect(readNews(root, readPlace(after)).rows.map(({ step }) => step)).toEqual([30_001]);
  const both = await Promise.all([records.read(root), records.read(root)]);
  expect(both.map((record) => record.history.rows)).toEqual([30_001, 30_001]);
  writeFileSync(log, rows(1, 11));
  expect((await records.read(root)).history.rows).toBe(10);
});

test("thinning leaves the newest, and room", () => {
  expect(thinned([1, 2, 3], 3)).toEqual([1, 2, 3]);
  expect(thinned([1, 2, 3, 4], 3)).toEqual([2, 4]);
});

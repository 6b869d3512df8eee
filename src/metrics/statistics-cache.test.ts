import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Stock } from "./evidence.ts";
import type { Extractor } from "./extractor.ts";
import { type FeatureMoments, momentsOf } from "./feature-moments.ts";
import { statisticsCache } from "./statistics-cache.ts";

const folder = mkdtempSync(join(tmpdir(), "statistics-"));
afterAll(() => rmSync(folder, { recursive: true }));

const stock = (values: number[]): Stock => ({
  name: "test",
  count: values.length,
  shape: [1],
  range: [0, 1],
  async *pieces() {
    yield Float32Array.from(values);
  },
});
const extractor = (fingerprint: string) => ({ fingerprint }) as Extractor;
const moments = momentsOf({ count: 3, width: 2, data: Float64Array.of(1, 2, 3, 5, 8, 13) });

/** Counts how often it is asked. */
function counted(): { made: number; make: () => Promise<FeatureMoments> } {
  const state = {
    made: 0,
    make: async () => {
      state.made++;
      return moments;
    },
  };
  return state;
}

test("made once for a content and an extractor, then read back bit for bit", async () => {
  const remember = statisticsCache(folder);
  const work = counted();
  expect(await remember(stock([1, 2]), extractor("a"), work.make)).toEqual(moments);
  expect(await remember(stock([1, 2]), extractor("a"), work.make)).toEqual(moments);
  expect(work.made).toBe(1);
  await remember(stock([1, 3]), extractor("a"), work.make);
  await remember(stock([1, 2]), extractor("b"), work.make);
  expect(work.made).toBe(3);
});

test("a damaged file is made anew; a folder that cannot be written keeps nothing", async () => {
  const work = counted();
  for (const file of readdirSync(folder)) writeFileSync(join(folder, file), "damaged");
  await statisticsCache(folder)(stock([1, 2]), extractor("a"), work.make);
  expect(work.made).toBe(1);
  const file = join(folder, "no-folder");
  writeFileSync(file, "");
  const nowhere = statisticsCache(join(file, "below"));
  expect(await nowhere(stock([1]), extractor("a"), work.make)).toEqual(moments);
});

import { describe, expect, test } from "vitest";
import { assertComparable, comparable, type ScoreRecord } from "./score-record.ts";

const record: ScoreRecord = {
  metric: "fid",
  value: 12.5,
  extractor: { id: "digits", sha256: "ab", fingerprint: "ab features", resizer: "bilinear" },
  samples: { real: 10_000, fake: 5_000 },
  seed: 1,
};
const by = (change: object) => ({ ...record, extractor: { ...record.extractor!, ...change } });

test("another value and another seed may be compared", () => {
  const other = { ...record, value: 3, seed: 2 };
  expect(comparable(record, other)).toBe(true);
  expect(() => assertComparable(record, other)).not.toThrow();
});

describe("what else differs is named: SCORES_DIFFER", () => {
  const { extractor: _, ...bare } = record;
  test.each<[string, ScoreRecord]>([
    ["metric", { ...record, metric: "kid" }],
    ["extractor", by({ id: "garments", sha256: "cd", fingerprint: "cd" })],
    ["extractor", bare],
    ["extractor's hash", by({ sha256: "cd", fingerprint: "cd features" })],
    ["resizer", by({ resizer: "area", fingerprint: "ab features area" })],
    ["extractor's input and output", by({ fingerprint: "ab features [0,1]" })],
    ["real samples", { ...record, samples: { real: 9_999, fake: 5_000 } }],
    ["generated samples", { ...record, samples: { real: 10_000, fake: 4_999 } }],
  ])("%s", (name, other) => {
    expect(comparable(record, other)).toBe(false);
    expect(() => assertComparable(record, other)).toThrowError(
      expect.objectContaining({
        code: "SCORES_DIFFER",
        fault: expect.objectContaining({ expected: `the same ${name}` }),
      }),
    );
  });
});

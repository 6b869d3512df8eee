import { describe, expect, test } from "vitest";
import { verdictOf } from "./verdict.ts";

describe("verdictOf", () => {
  test("a recall near 0 is a collapse, said first and with what to try", () => {
    const verdict = verdictOf({
      "improved-recall": { value: 0.04 },
      "improved-precision": { value: 0.3 },
    });
    expect(verdict.quality).toBe("collapsed");
    expect(verdict.text).toMatch(/^collapsed: recall 0\.04.*precision 0\.30/);
    expect(verdict.tryNext.length).toBeGreaterThan(1);
  });

  test("three of ten classes gone shows in the entropy of the classes", () => {
    const parts = { marginalEntropy: Math.log(7), conditionalEntropy: 0 };
    const { quality, text } = verdictOf({ "inception-score": { value: 7, parts } }, 10);
    expect(quality).toBe("poor");
    expect(text).toContain("7.0 of 10 classes");
  });

  test("every class, good recall and precision: good, nothing to try", () => {
    const verdict = verdictOf(
      {
        "improved-recall": { value: 0.7 },
        "improved-precision": { value: 0.8 },
        "inception-score": { value: 9.8, parts: { marginalEntropy: Math.log(9.9) } },
        "nearest-neighbours": { value: 1, parts: { copies: 0.01 } },
      },
      10,
    );
    expect(verdict).toEqual({
      quality: "good",
      text: "good: samples look like the data and have its variety",
      tryNext: [],
    });
  });

  test.each([
    [0.25, "collapsed", "75 %"],
    [0.88, "poor", "12 %"],
  ])("of the modes %f hit: %s", (value, quality, text) => {
    const verdict = verdictOf({ "mode-coverage": { value } });
    expect(verdict.quality).toBe(quality);
    expect(verdict.text).toContain(text);
  });

  test("copies of training items are named", () => {
    const parts = { copies: 0.3 };
    const near = { "nearest-neighbours": { value: 0.2, parts }, "improved-recall": { value: 0.9 } };
    expect(verdictOf(near).text).toContain("30 % of samples are suspiciously near");
  });

  test("a metric that refuses a constant generator says enough", () => {
    const verdict = verdictOf({}, undefined, ["METRIC_DEGENERATE", "METRIC_DEGENERATE"]);
    expect(verdict.text).toBe("collapsed: every sample is the same");
  });

  test("without recall or precision nothing is called good", () => {
    expect(verdictOf({ fid: { value: 1 } }).quality).toBe("unknown");
  });
});

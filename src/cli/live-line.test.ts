import { describe, expect, test } from "vitest";
import { liveLine, Pacemaker, type Progress, plainLine } from "./live-line.ts";

const progress: Progress = {
  step: 1500,
  steps: 20_000,
  images: 96_000,
  seconds: 75,
  values: { "d.loss": 1.3125, "d.real": 0.5, "g.loss": 12345.6 },
  about: {
    "d.loss": { meaning: "surprise at telling real from fake; 1.39 = it cannot" },
    "d.real": { meaning: "mean score of data", healthy: { low: -1, high: 1 } },
    "g.loss": { meaning: "how unconvincing its fakes are; 0.69 = even odds" },
  },
};
const pace = { imagesPerSecond: 1280.4, secondsLeft: 3925 };
const head = "step 1,500/20,000 7 %  1,280 images/s  eta 1:05:25";

describe("the live line", () => {
  test("says step, pace, time left and every reading with its meaning where they fit", () => {
    expect(liveLine(progress, pace, 200)).toBe(
      `${head}  d.loss 1.313 (surprise at telling real from fake)  d.real 0.500 (mean score of data)` +
        "  g.loss 1.23e+4 (how unconvincing its fakes are)",
    );
  });

  test.each([
    [
      160,
      "  d.loss 1.313 (surprise at telling real from fake)  g.loss 1.23e+4 (how unconvincing its fakes are)",
    ],
    [100, "  d.loss 1.313  d.real 0.500  g.loss 1.23e+4"],
    [84, "  d.loss 1.313  g.loss 1.23e+4"],
    [60, "  d.loss 1"],
  ])("in %i columns says less, and never fills the last one", (columns, rest) => {
    const line = liveLine(progress, pace, columns);
    expect(line).toBe(`${head}${rest}`.slice(0, columns - 1));
    expect(line.length).toBeLessThan(columns);
  });

  test("marks what is outside its healthy values", () => {
    const values = { "d.loss": 9, "d.real": 1.5, "g.loss": 0 };
    expect(plainLine({ ...progress, values }, undefined)).toMatch(
      /d\.loss 9\.000 {2}d\.real 1\.500! {2}g\.loss 0\.000$/,
    );
  });

  test("leaves the pace out until it is known, and the time left at the end", () => {
    expect(plainLine(progress, undefined)).toBe(
      "step 1,500/20,000 7 %  d.loss 1.313  d.real 0.500  g.loss 1.23e+4",
    );
    expect(plainLine({ ...progress, step: 20_000 }, pace)).toMatch(
      /^step .* 100 % {2}1,280 images\/s {2}d/,
    );
  });
});

describe("the pace", () => {
  const at = (seconds: number, step: number): Progress => ({
    ...progress,
    seconds,
    step,
    images: 64 * step,
  });

  test("is measured from the second call on, over the last 15 seconds", () => {
    const pacemaker = new Pacemaker();
    expect(pacemaker.hear(at(9, 10))).toBeUndefined();
    expect(pacemaker.hear(at(10, 20))).toEqual({ imagesPerSecond: 640, secondsLeft: 1998 });
    for (let s = 11; s <= 40; s++) pacemaker.hear(at(s, 20 + (s - 10)));
    // The first, faster seconds are forgotten.
    expect(pacemaker.hear(at(41, 51))!.imagesPerSecond).toBeCloseTo(64, 9);
  });
});

import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { momentsOf } from "../feature-moments.ts";
import { frechetDistance } from "../frechet.ts";
import { type Classified, cafdOf } from "./cafd.ts";

/** Two classes apart along the first axis; probabilities of 0 and 1, as `classOf` has it. */
function sorted(count: number, name: string, classOf: (item: number) => number): Classified {
  const data = stream(1, name).normal(new Float64Array(count * 2));
  const certain = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    data[2 * i] = data[2 * i]! + 6 * classOf(i);
    certain[2 * i + classOf(i)] = 1;
  }
  return {
    features: { count, width: 2, data },
    probabilities: { count, width: 2, data: certain },
  };
}

const swapClasses = ({ features, probabilities }: Classified): Classified => ({
  features,
  probabilities: { ...probabilities, data: probabilities.data.map((p) => 1 - p) as Float64Array },
});

describe("certain probabilities", () => {
  const real = sorted(400, "a", (i) => Number(i % 4 === 0));

  test("weigh each class's distance with the real side's share", () => {
    const fake = sorted(400, "b", (i) => i % 2);
    const { value, parts, warnings } = cafdOf(real, fake, { classes: ["left", "right"] });
    expect(value).toBeCloseTo(0.75 * parts!["class left"]! + 0.25 * parts!["class right"]!, 12);
    expect(value).toBeLessThan(0.2);
    const [p, q] = [300.5 / 401, 200.5 / 401];
    const kl = p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    expect(parts!["class kl"]).toBeCloseTo(kl, 12);
    expect(warnings).toBeUndefined();
  });

  test("equal sides are at 0", () => {
    expect(cafdOf(real, real)).toEqual({
      value: 0,
      parts: { "class kl": 0, "class 0": 0, "class 1": 0 },
    });
  });

  test("see swapped classes, which FID cannot", () => {
    const even = sorted(400, "a", (i) => i % 2);
    expect(cafdOf(even, swapClasses(even)).value).toBeGreaterThan(30);
  });

  test("a class that is not made is compared with all that is, with a warning", () => {
    const fake = sorted(400, "b", () => 0);
    const { value, parts, warnings } = cafdOf(real, fake, { classes: ["left", "right"] });
    const rights = {
      count: 100,
      width: 2,
      data: Float64Array.from({ length: 200 }, (_, i) => {
        return real.features.data[8 * Math.floor(i / 2) + (i % 2)]!;
      }),
    };
    const against = frechetDistance(momentsOf(rights), momentsOf(fake.features)).distance;
    expect(parts!["class right"]).toBeCloseTo(against, 9);
    expect(value).toBeGreaterThan(8);
    expect(warnings).toEqual([expect.stringMatching(/classes right: .*all made items/)]);
  });

  test("a class that is not real counts nothing", () => {
    const one = sorted(400, "a", () => 0);
    const { value, parts } = cafdOf(one, real);
    expect(parts).not.toHaveProperty("class 1");
    expect(value).toBe(parts!["class 0"]);
  });
});

test("uncertain ones weigh items: all equal, every class is the whole", () => {
  const [real, fake] = [sorted(90, "a", (i) => i % 2), sorted(90, "b", (i) => i % 2)];
  const unsure = (side: Classified): Classified => ({
    features: side.features,
    probabilities: { ...side.probabilities, data: new Float64Array(180).fill(0.5) },
  });
  const whole = frechetDistance(momentsOf(real.features), momentsOf(fake.features)).distance;
  expect(cafdOf(unsure(real), unsure(fake)).value).toBeCloseTo(whole, 10);
});

describe("refuses", () => {
  const real = sorted(10, "a", (i) => i % 2);

  test("probabilities of other items or classes", () => {
    const { probabilities } = sorted(9, "b", () => 0);
    expect(() => cafdOf(real, { ...real, probabilities })).toThrow(/METRIC_INPUT.*\[9, 2\]/);
  });

  test("logits", () => {
    const data = new Float64Array(20).fill(3);
    const logits = { ...real, probabilities: { ...real.probabilities, data } };
    expect(() => cafdOf(real, logits)).toThrow(/METRIC_INPUT/);
  });
});

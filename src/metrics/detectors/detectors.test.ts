import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import type { Rows } from "../metric.ts";
import { catalog } from "./_catalog.ts";
import type { Detector, Observation } from "./detector.ts";
import { periodOf } from "./rhythm.ts";

const width = 6;

/** Normal numbers about `centres`, one after the other, with a deviation. */
function cloud(name: string, count: number, deviation = 1, centres: readonly number[] = [0]): Rows {
  const data = new Float32Array(count * width);
  stream(1, name).normal(data);
  return {
    count,
    width,
    data: data.map((v, i) => v * deviation + centres[Math.floor(i / width) % centres.length]!),
  };
}

const noise = (name: string, count: number, mean = 0, deviation = 1): number[] => {
  const data = new Float32Array(count);
  stream(2, name).normal(data);
  return Array.from(data, (v) => mean + deviation * v);
};

const train = cloud("train", 600);
const sound: Observation = {
  step: 100,
  fakes: cloud("fakes", 200),
  train,
  finite: true,
  judged: {
    train: Float32Array.from(noise("t", 200, 1)),
    heldOut: Float32Array.from(noise("h", 200, 0.9)),
    fake: Float32Array.from(noise("f", 200, -1)),
  },
  readings: {
    "d.loss": { values: noise("l", 300, 1.2, 0.2), healthy: { low: 0.3, high: 1.5 } },
    "g.loss": { values: noise("g", 300, 1, 0.3) },
  },
  past: [],
};

/** Looks one after the other, each with the gauges of those before. */
function look(detector: Detector, seen: readonly Partial<Observation>[]) {
  const past: Readonly<Record<string, number>>[] = [];
  return seen.map((part) => {
    const sign = detector.watch({ ...sound, ...part, past: [...past] });
    past.push(sign.gauges);
    return sign;
  });
}

const last = (detector: Detector, ...seen: readonly Partial<Observation>[]) =>
  look(detector, seen).at(-1)!;

test.each(Object.entries(catalog))(
  "%s is silent while all is well, and says what it sees",
  (id, d) => {
    expect(d.id).toBe(id);
    for (const sign of look(d, [{}, {}, {}, {}])) {
      expect(sign.alarm).toBeUndefined();
      expect(Object.values(sign.gauges).every(Number.isFinite)).toBe(true);
    }
    expect(d.about.length).toBeGreaterThan(10);
    expect(Object.keys(d.gauges).length).toBeGreaterThan(0);
  },
);

describe("collapse", () => {
  const { collapse } = catalog;
  const same = cloud("same", 200, 0.05);

  test("samples that are all alike, once they have had the time to differ", () => {
    expect(last(collapse, {}, {}, { fakes: same }).alarm?.text).toMatch(
      /many samples look alike.* 5 %/,
    );
    expect(last(collapse, { fakes: same }).alarm).toBeUndefined();
    const young = [0.01, 0.02, 0.04, 0.08, 0.16].map((d) => ({ fakes: cloud("young", 200, d) }));
    for (const { alarm } of look(collapse, young)) expect(alarm).toBeUndefined();
    expect(last(collapse, { fakes: same }, { fakes: same }, { fakes: same }).alarm).toBeDefined();
  });

  test("samples that lose half of the spread that they had", () => {
    const less = cloud("less", 200, 0.42);
    expect(last(collapse, {}, { fakes: less }).alarm?.text).toMatch(/grow alike.* 97 %.* 4\d %/);
    expect(last(collapse, { fakes: less }, { fakes: less }).alarm).toBeUndefined();
    // A first picture of noise, far wider than the data, is no variety to be lost.
    expect(last(collapse, { fakes: cloud("wide", 200, 4) }, {}).alarm).toBeUndefined();
  });
});

describe("variety", () => {
  const { variety } = catalog;
  const kinds = cloud("kinds", 600, 0.3, [0, 10, 20, 30, 40, 50, 60, 70]);
  const some = (n: number) =>
    cloud(`kinds ${n}`, 200, 0.3, [0, 10, 20, 30, 40, 50, 60, 70].slice(0, n));

  test("kinds that go missing, at the second look", () => {
    const looks = [8, 8, 4, 4].map((n) => ({ train: kinds, fakes: some(n) }));
    const signs = look(variety, looks);
    expect(signs.map((s) => s.alarm !== undefined)).toEqual([false, false, false, true]);
    expect(signs[3]!.alarm!.text).toMatch(/variety is shrinking/);
    expect(
      last(variety, ...[4, 4, 8, 8].map((n) => ({ train: kinds, fakes: some(n) }))).alarm,
    ).toBeUndefined();
  });

  test("good samples of one kind out of eight", () => {
    const one = { train: kinds, fakes: some(1) };
    expect(last(variety, one, one, one).alarm?.text).toMatch(/few of its kinds/);
  });

  test("a shrinkage that chance explains is none", () => {
    const looks = [1, 2, 3, 4].map((i) => ({ fakes: cloud(`again ${i}`, 200) }));
    for (const { alarm } of look(variety, looks)) expect(alarm).toBeUndefined();
  });
});

describe("copies", () => {
  const { copies } = catalog;
  const repeated = (share: number): Rows => {
    const data = sound.fakes.data.slice() as Float32Array;
    data.set(train.data.subarray(0, Math.round(share * 200) * width));
    return { ...sound.fakes, data };
  };

  test("a fifth of all samples from the data; not one in a hundred; never of endless data", () => {
    expect(last(copies, { fakes: repeated(0.2) }).alarm?.text).toMatch(/^2\d % of samples repeat/);
    expect(last(copies, { fakes: repeated(0.01) }).alarm).toBeUndefined();
    expect(last(copies, { fakes: repeated(0.2), finite: false })).toEqual({ gauges: {} });
  });
});

describe("overfitting", () => {
  const { overfitting } = catalog;
  const judged = (heldOut: number, fake = -1) => ({
    judged: {
      train: Float32Array.from(noise("t", 200, 1)),
      heldOut: Float32Array.from(noise("h", 200, heldOut)),
      fake: Float32Array.from(noise("f", 200, fake)),
    },
  });

  test("held-out data judged like fakes; not those judged like training items", () => {
    const sign = last(overfitting, judged(-0.8));
    expect(sign.gauges.overfit).toBeCloseTo(0.9, 0);
    expect(sign.alarm?.text).toMatch(/by heart.* (8|9)\d % of the way/);
    expect(last(overfitting, judged(0.7)).alarm).toBeUndefined();
  });

  test("silent while it cannot tell data from fakes, and without held-out data", () => {
    expect(last(overfitting, judged(0.95, 1))).toEqual({ gauges: {} });
    const { train: seen, fake } = judged(0).judged;
    expect(last(overfitting, { judged: { train: seen, fake } })).toEqual({ gauges: {} });
  });
});

describe("balance", () => {
  const { balance } = catalog;
  const below = { text: "the discriminator wins", tryNext: ["slow it down"] };
  const at = (mean: number) => ({
    readings: {
      "d.loss": { values: noise("l", 300, mean, 0.01), healthy: { low: 0.3, high: 1.5, below } },
    },
  });

  test("a loss that stays low, at the second look, in the words of the loss", () => {
    const [first, second] = look(balance, [at(0.02), at(0.01)]);
    expect(first!.alarm).toBeUndefined();
    expect(second!.alarm).toEqual({
      text: expect.stringMatching(/^d\.loss stays at 0\.0\d+, healthy is 0\.3 to 1\.5: the disc/),
      tryNext: ["slow it down"],
    });
    expect(last(balance, at(2), at(2)).alarm?.text).toMatch(/stays at 2/);
    expect(last(balance, at(0.01), at(1), at(0.01)).alarm).toBeUndefined();
    expect(last(balance, at(2), at(0.01)).alarm).toBeUndefined();
  });
});

describe("rhythm", () => {
  const { rhythm } = catalog;
  const loss = (values: readonly number[]) => ({ readings: { "g.loss": { values } } });
  const range = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));

  test("a swing with noise on it; its period is told", () => {
    const swing = noise("s", 480, 1, 0.3).map((v, i) => v + 0.8 * Math.sin((2 * Math.PI * i) / 60));
    const sign = last(rhythm, loss(swing));
    expect(sign.gauges["period g.loss"]).toBeGreaterThan(54);
    expect(sign.gauges["period g.loss"]).toBeLessThan(66);
    expect(sign.alarm?.text).toMatch(/swings with a period of about/);
  });

  test("a loss that stands still", () => {
    expect(last(rhythm, loss(range(100, () => Math.LN2))).alarm?.text).toMatch(
      /stands still at 0.6931/,
    );
  });

  test.each([
    ["noise", noise("n", 500)],
    ["a fall", range(500, (i) => Math.exp(-i / 100))],
    ["a fall with noise", noise("m", 500, 0, 0.1).map((v, i) => v + Math.exp(-i / 100))],
    ["too little to tell", range(40, (i) => Math.sin(i))],
  ])("%s is no swing", (_, values) => {
    expect(last(rhythm, loss(values)).alarm).toBeUndefined();
  });

  test("of 200 random walks next to none swings", () => {
    let found = 0;
    for (let k = 0; k < 200; k++) {
      let at = 0;
      const walk = noise(`walk ${k}`, 120).map((v) => {
        at += v;
        return at;
      });
      if (periodOf(walk) !== undefined) found++;
    }
    expect(found).toBeLessThanOrEqual(4);
  });
});

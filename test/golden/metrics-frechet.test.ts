import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { momentsOf } from "../../src/metrics/feature-moments.ts";
import { frechetDistance } from "../../src/metrics/frechet.ts";
import type { Rows } from "../../src/metrics/metric.ts";
import { cafdOf } from "../../src/metrics/scores/cafd.ts";
import { intraFidOf } from "../../src/metrics/scores/intra-fid.ts";
import { kernelDistance } from "../../src/metrics/scores/kid.ts";
import { alongDirections } from "../../src/metrics/scores/sliced-wasserstein.ts";

interface Side {
  readonly count: number;
  readonly width: number;
  readonly start: number;
  readonly scale: number;
  readonly shift: number;
}
interface Case {
  readonly real: Side;
  readonly fake: Side;
  readonly first: readonly number[];
  readonly fid: number;
  readonly kid: number;
  readonly sw2: number;
  readonly intraFid: { readonly value: number; readonly parts: readonly number[] };
  readonly cafd: { readonly value: number; readonly parts: readonly number[]; readonly kl: number };
}

/** Made once by bench/peers/golden_metrics.py, which says how features follow from numbers. */
const golden = JSON.parse(
  readFileSync(new URL("../../bench/peers/golden/metrics-frechet.json", import.meta.url), "utf8"),
) as { classes: number; directions: number; cases: Record<string, Case> };

function lehmer(start: number, count: number): Float64Array {
  let state = start;
  return Float64Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  });
}

function features({ count, width, start, scale, shift }: Side): Rows {
  const data = lehmer(start, count * width);
  for (let i = data.length - 1; i > 0; i--) {
    if (i % width > 0) data[i] = data[i]! + 0.5 * data[i - 1]!;
  }
  return { count, width, data: data.map((v) => v * scale + shift) };
}

/** Rows scaled to a sum of 1, or to a length of 1. */
function scaled(data: Float64Array, width: number, power: 1 | 2): Rows {
  for (let at = 0; at < data.length; at += width) {
    const row = data.subarray(at, at + width);
    const sum = row.reduce((total, v) => total + v ** power, 0) ** (1 / power);
    row.forEach((v, i) => {
      row[i] = v / sum;
    });
  }
  return { count: data.length / width, width, data };
}

const probabilities = ({ count, start }: Side): Rows =>
  scaled(
    lehmer(start + 1000, count * golden.classes).map((v) => v ** 3),
    golden.classes,
    1,
  );

/** Two-sided, relative to the expected value; two float64 programs sum in another order. */
function agree(got: number | undefined, expected: number, tolerance: number): void {
  expect(Math.abs((got as number) / expected - 1)).toBeLessThan(tolerance);
}

describe.each(Object.entries(golden.cases))("numpy agrees: %s", (name, stored) => {
  const [x, y] = [features(stored.real), features(stored.fake)];
  // The root of an eigenvalue that is 0 but for rounding is 1e-8 or so: numpy's error as well as ours.
  const tolerance = name === "deficient" ? 1e-6 : 1e-9;

  test("features are the same to the last bit", () => {
    expect([...x.data.subarray(0, 3)]).toEqual(stored.first);
  });

  test("fid", () => {
    agree(frechetDistance(momentsOf(x), momentsOf(y)).distance, stored.fid, tolerance);
  });

  test("kid", () => {
    // Differences of kernels around (1000² + 1)³ at the mean far from zero.
    agree(kernelDistance(x, y), stored.kid, name === "equal" ? 1e-4 : 1e-9);
  });

  test("sliced wasserstein", () => {
    const { width } = x;
    const data = lehmer(99, golden.directions * width).map((v) => v - 0.5);
    agree(alongDirections(x, y, scaled(data, width, 2)).value, stored.sw2, 1e-9);
  });

  test("intra-fid", () => {
    const labelled = (rows: Rows) => ({
      features: rows,
      labels: Int32Array.from({ length: rows.count }, (_, i) => i % golden.classes),
    });
    const { value, parts } = intraFidOf(labelled(x), labelled(y));
    agree(value, stored.intraFid.value, tolerance);
    stored.intraFid.parts.forEach((part, k) => {
      agree(parts![`class ${k}`], part, tolerance);
    });
  });

  test("cafd", () => {
    const { value, parts } = cafdOf(
      { features: x, probabilities: probabilities(stored.real) },
      { features: y, probabilities: probabilities(stored.fake) },
    );
    agree(value, stored.cafd.value, tolerance);
    agree(parts!["class kl"], stored.cafd.kl, 1e-9);
    stored.cafd.parts.forEach((part, k) => {
      agree(parts![`class ${k}`], part, tolerance);
    });
  });
});

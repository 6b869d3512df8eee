import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { givenEvidence } from "../../src/metrics/_given.ts";
import type { Metric, Rows } from "../../src/metrics/metric.ts";
import { nearestIn, neighbourSquares } from "../../src/metrics/neighbours.ts";
import { bestF, curveFromHistograms, curveFromScores } from "../../src/metrics/pr-curve.ts";
import { amParts } from "../../src/metrics/scores/am-score.ts";
import { coverage } from "../../src/metrics/scores/coverage.ts";
import { density } from "../../src/metrics/scores/density.ts";
import { improvedPrecision } from "../../src/metrics/scores/improved-precision.ts";
import { improvedRecall } from "../../src/metrics/scores/improved-recall.ts";
import { inceptionScores } from "../../src/metrics/scores/inception-score.ts";
import { nearestNeighbours } from "../../src/metrics/scores/nearest-neighbours.ts";

interface Drawn {
  readonly count: number;
  readonly width: number;
  readonly start: number;
  readonly scale?: number;
  readonly shift?: number;
}
type Pair<T> = T & { readonly real: Drawn; readonly fake: Drawn };
interface Golden {
  readonly sets: Record<
    string,
    Pair<{
      readonly copies: number;
      readonly improvedPrecision: number;
      readonly improvedRecall: number;
      readonly density: number;
      readonly coverage: number;
      readonly nearest: readonly number[];
      readonly radii3: readonly number[];
      readonly nearestRatio: number;
      readonly copyRadius: number;
    }>
  >;
  readonly probabilities: Pair<{
    readonly inceptionScore: number;
    readonly splits: readonly number[];
    readonly entropy: number;
    readonly divergence: number;
  }>;
  readonly histograms: Pair<{
    readonly f8: number;
    readonly f1: number;
    readonly f1over8: number;
    readonly at: readonly number[];
    readonly precision: readonly number[];
    readonly recall: readonly number[];
  }>;
  readonly scores: Pair<{
    readonly lambdas: readonly number[];
    readonly precision: readonly number[];
  }>;
}

/** Made once by bench/peers/golden_manifold.py, which says how arrays follow from numbers. */
const golden = JSON.parse(
  readFileSync(new URL("../../bench/peers/golden/metrics-manifold.json", import.meta.url), "utf8"),
) as Golden;

function drawn({ count, width, start, scale = 1, shift = 0 }: Drawn): Rows {
  let state = start;
  const data = Float64Array.from({ length: count * width }, () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * scale + shift;
  });
  return { count, width, data };
}

/** Rows cubed, over their sum. */
function distributions(of: Drawn): Rows {
  const rows = drawn(of);
  for (let at = 0; at < rows.data.length; at += rows.width) {
    const row = rows.data.subarray(at, at + rows.width);
    row.forEach((v, i) => {
      row[i] = v ** 3;
    });
    let sum = 0;
    for (const v of row) sum += v;
    row.forEach((v, i) => {
      row[i] = v / sum;
    });
  }
  return rows;
}

/** Two-sided, relative. */
function agree(found: ArrayLike<number>, wanted: readonly number[], within = 1e-9): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((w, i) => {
    expect(Math.abs(found[i]! - w)).toBeLessThanOrEqual(within * Math.abs(w));
  });
}

describe.each(Object.entries(golden.sets))("neighbours of the %s sets equal numpy's", (_, set) => {
  const [real, fake] = [drawn(set.real), drawn(set.fake)];
  fake.data.set(real.data.subarray(0, set.copies * real.width));
  const evidence = givenEvidence({ features: real }, { features: fake });

  test("distances", () => {
    agree(nearestIn(fake, real).distance, set.nearest);
    agree(neighbourSquares(real, [3])[0]!.map(Math.sqrt), set.radii3);
  });

  test.each<[Metric, number]>([
    [improvedPrecision, set.improvedPrecision],
    [improvedRecall, set.improvedRecall],
    [density, set.density],
    [coverage, set.coverage],
    [nearestNeighbours, set.nearestRatio],
  ])("$0.id", async (metric, wanted) => {
    agree([(await metric.measure(evidence)).value], [wanted]);
  });

  test("copy radius", async () => {
    agree([(await nearestNeighbours.measure(evidence)).parts!.copyRadius!], [set.copyRadius]);
  });
});

test("inception and AM score equal numpy's", () => {
  const { real, fake, inceptionScore, splits, entropy, divergence } = golden.probabilities;
  const made = distributions(fake);
  agree(inceptionScores(made, 1), [inceptionScore]);
  agree(inceptionScores(made, splits.length), splits);
  const parts = amParts(distributions(real), made);
  agree([parts.entropy, parts.divergence], [entropy, divergence]);
});

test("the curve of histograms equals numpy's", () => {
  const { real, fake, at, precision, recall, f8, f1, f1over8 } = golden.histograms;
  const found = curveFromHistograms(distributions(real).data, distributions(fake).data);
  agree(
    at.map((i) => found.precision[i]!),
    precision,
  );
  agree(
    at.map((i) => found.recall[i]!),
    recall,
  );
  agree([bestF(found, 8), bestF(found, 1), bestF(found, 1 / 8)], [f8, f1, f1over8]);
});

test("the curve of scores equals numpy's, which tries every threshold", () => {
  const { real, fake, lambdas, precision } = golden.scores;
  const found = curveFromScores(drawn(real).data, drawn(fake).data, Float64Array.from(lambdas));
  agree(found.precision, precision);
});

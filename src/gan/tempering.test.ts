import { describe, expect, test } from "vitest";
import { array } from "../../test/layers.ts";
import { input } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { mean } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { module } from "../nn/module.ts";
import { sgd } from "../nn/sgd.ts";
import { Trace } from "../nn/trace.ts";
import { Variables } from "../nn/variables.ts";
import { emptyInputs, makeTurn } from "../train/tick.ts";
import { normal } from "./latent.ts";
import { wasserstein } from "./losses/wasserstein.ts";
import {
  acrossGroups,
  mixed,
  neighbours,
  tempered,
  temperedDuel,
  withTemperature,
} from "./tempering.ts";

const numbers = (t: Tensor, feeds: Parameters<typeof evaluate>[1]) =>
  Array.from(evaluate([t], feeds)[0]!.data);

/** Nets that show what they are given: G(z, t) = (z, t), D(x, t) = the mean of x and t. */
const parts = {
  field: "point",
  batch: 4,
  latent: normal(1),
  generator: module("g", (z: Tensor) => z),
  discriminator: module("d", (x: Tensor) => mean(x, { axes: [1] })),
  loss: wasserstein(),
  optimise: { generator: sgd({ rate: 1 }), discriminator: sgd({ rate: 1 }) },
};

function turnOf(size: number) {
  const trace = new Trace(new Variables(), { training: true });
  const inputs = emptyInputs("");
  trace.useKey(inputs.key);
  const fields = { point: { shape: [2], dtype: "f32", scale: 1, offset: 0 } } as const;
  return makeTurn({ trace, variables: new Variables(), size, fields, inputs, suffix: "" });
}

const key = (value: number) => ({ ...array([], [value]), dtype: "i32" as const });
const points = array([4, 2], [0, 1, 1, 2, 0, 3, 1, 4]);

describe("mixtures and temperatures", () => {
  test("x^α = αx₁ + (1 − α)x₂, for images too", () => {
    const pair = { first: input("a", [2, 1, 1, 2]), second: input("b", [2, 1, 1, 2]) };
    const feeds = {
      a: array([2, 1, 1, 2], [1, 2, 3, 4]),
      b: array([2, 1, 1, 2], [5, 0, 7, 0]),
      alpha: array([2], [0.25, 1]),
    };
    expect(numbers(mixed(pair, input("alpha", [2])), feeds)).toEqual([4, 0.5, 3, 4]);
  });

  test("t(α) = 1 − 2|α − ½| is one more channel: 0 at both ends, 1 half-way", () => {
    const [x, alpha] = [input("x", [3, 2]), input("alpha", [3])];
    const feeds = { x: array([3, 2], [1, 2, 3, 4, 5, 6]), alpha: array([3], [1, 0.5, 0.125]) };
    expect(numbers(withTemperature(x, alpha), feeds)).toEqual([1, 2, 0, 3, 4, 1, 5, 6, 0.25]);
    const image = withTemperature(input("i", [3, 2, 4, 5]), alpha);
    expect(image.shape).toEqual([3, 3, 4, 5]);
  });
});

describe("pairings", () => {
  test("a neighbour is the row before", () => {
    expect(numbers(neighbours(input("x", [4, 2]), turnOf(4)), { x: points })).toEqual([
      1, 4, 0, 1, 1, 2, 0, 3,
    ]);
  });

  test("across groups, each row gets one of the other group, and all of them in time", () => {
    const paired = acrossGroups(0)(input("x", [4, 2]), turnOf(4));
    const partners = new Set<string>();
    for (let draw = 1; draw <= 20; draw++) {
      const rows = numbers(paired, { x: points, key: key(draw) });
      for (let i = 0; i < 4; i++) {
        expect(rows[2 * i]).toBe(1 - points.data[2 * i]!);
        partners.add(`${i} ${rows[2 * i + 1]}`);
      }
    }
    expect(partners.size).toBe(8);
  });
});

describe("temperedDuel", () => {
  const size = 400;
  const data = array(
    [size, 2],
    Array.from({ length: 2 * size }, (_, i) => i),
  );

  test("α is 1 for the share, else spread over (0, 1); real is the mixture at it", () => {
    const duel = temperedDuel(parts, { share: 0.5 }, turnOf(size));
    const feeds = { "batch.point": data, key: key(3) };
    const alpha = numbers(duel.alpha, feeds);
    const kept = alpha.filter((a) => a === 1).length;
    expect(Math.abs(kept - size / 2)).toBeLessThan(5 * Math.sqrt(size / 4));
    const rest = alpha.filter((a) => a < 1);
    expect(Math.min(...rest)).toBeLessThan(0.05);
    expect(Math.max(...rest)).toBeGreaterThan(0.95);
    numbers(duel.real, feeds).forEach((value, i) => {
      const before = (i + data.data.length - 2) % data.data.length;
      const a = alpha[Math.floor(i / 2)]!;
      expect(value).toBeCloseTo(a * data.data[i]! + (1 - a) * data.data[before]!, 6);
    });
  });

  test("both nets are told the same α", () => {
    const duel = temperedDuel(parts, { share: 0.3 }, turnOf(4));
    const z = array([4, 1], [1, 2, 3, 4]);
    const feeds = { "batch.point": points, "noise.z": z, key: key(5) };
    const t = numbers(duel.alpha, feeds).map((a) => 1 - 2 * Math.abs(a - 0.5));
    expect(numbers(duel.fake, feeds)).toEqual(t.flatMap((v, i) => [i + 1, v]));
    const logits = numbers(duel.logits.fake, feeds);
    logits.forEach((value, i) => {
      expect(value).toBeCloseTo((i + 1 + 2 * t[i]!) / 3, 12);
    });
  });

  test("samples are made at the α that is asked for", () => {
    for (const [sampleAt, t] of [
      [undefined, 0],
      [0.5, 1],
      [0.75, 0.5],
    ] as const) {
      const game = tempered(parts, { share: 1, ...(sampleAt !== undefined && { sampleAt }) });
      const call = ((m: typeof parts.generator, x: Tensor) =>
        m.net(x, undefined as never)) as never;
      const made = game.sampler.make({ z: input("z", [2, 1]) }, call);
      expect(numbers(made, { z: array([2, 1], [7, 8]) })).toEqual([7, t, 8, t]);
    }
  });
});

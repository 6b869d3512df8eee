import { describe, expect, test } from "vitest";
import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { concat, mul, sin, slice } from "../engine/ops/index.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { type Invertible, invert } from "./inversion.ts";

const provider = await nodeCpu({ threads: 1 });
const none = () => {
  throw new Error("no variables here");
};

/** z → (2·z₁, −z₂, 0): the plane of the first two axes. */
const plane: Invertible = {
  latent: 2,
  distribution: "normal",
  make(codes: Tensor) {
    const scaled = mul(codes, constant(Float64Array.of(2, -1), [1, 2]));
    return concat([scaled, mul(slice(codes, { starts: [0, 0], ends: [3, 1] }), 0)], { axis: 1 });
  },
  value: none,
};
const targets = { count: 3, width: 3, data: Float32Array.of(1, 1, 0, -2, 0.5, 2, 0.3, -1, -1) };

describe("inverting a plane", async () => {
  const { codes, distances } = await invert(provider, plane, targets, { seed: 1, steps: 200 });

  test("what is left is the distance to it", () => {
    [0, 2, 1].forEach((d, i) => {
      expect(Math.abs(distances[i]! - d)).toBeLessThan(0.01);
    });
  });

  test("by hand: the codes", () => {
    [0.5, -1, -1, -0.5, 0.15, 1].forEach((z, i) => {
      expect(Math.abs(codes[i]! - z)).toBeLessThan(0.02);
    });
  });
});

test("uniform codes stay within their bounds: what lies outside is as far as the edge", async () => {
  const line: Invertible = {
    latent: 1,
    distribution: "uniform",
    make: (z) => mul(z, 1),
    value: none,
  };
  const outside = { count: 2, width: 1, data: Float32Array.of(3, 0.5) };
  const { codes, distances } = await invert(provider, line, outside, { seed: 1, steps: 100 });
  expect(codes[0]).toBe(1);
  expect(distances[0]).toBeCloseTo(2, 6);
  expect(distances[1]).toBeLessThan(1e-2);
});

test("a wavy generator: the pool finds the right valley", async () => {
  const wavy: Invertible = {
    latent: 1,
    distribution: "normal",
    make: (z) => concat([sin(mul(z, 8)), z], { axis: 1 }),
    value: none,
  };
  const at = (z: number) => [Math.sin(8 * z), z];
  const wanted = { count: 2, width: 2, data: Float32Array.from([at(0.7), at(-0.9)].flat()) };
  const { codes, distances } = await invert(provider, wavy, wanted, { seed: 3, rate: 0.01 });
  expect(Math.max(...distances)).toBeLessThan(0.02);
  expect(codes[0]).toBeCloseTo(0.7, 1);
});

import { describe, expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { array, noise } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { matmul, mul, reshape, square, sum, tanh } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { module } from "../../nn/module.ts";
import { sgd } from "../../nn/sgd.ts";
import { Trace } from "../../nn/trace.ts";
import { Variables } from "../../nn/variables.ts";
import { emptyInputs, makeTurn } from "../../train/tick.ts";
import type { Player } from "../game.ts";
import { comass } from "../terms/comass.ts";
import { exteriorDerivative } from "../terms/exterior-derivative.ts";
import { type FlatParts, type FlatView, flat } from "./game.ts";

const n = 2;
/** G(z) = A·z with A 2×3 fixed, f(x) = ‖x‖², ω(x) = x₂ dx₁: all by hand. */
const weights = input("weights", [2, 3]);
const parts = (order: number): FlatParts => ({
  field: "point",
  tangents: "tangents",
  batch: n,
  order,
  coordinates: 1,
  range: 2,
  latent: 2,
  generator: module("g", (z: Tensor) => matmul(z, weights, { transposeB: true })),
  scalar: module("scalar", (x: Tensor) => sum(square(x), { axes: [1] })),
  ...(order > 0 && {
    form: module("form", (x: Tensor) =>
      reshape(matmul(x, input("swap", [2, 2])), { shape: [n, 1, 2] }),
    ),
  }),
  formWeight: 0.5,
  terms: [],
  optimise: { generator: sgd({ rate: 1 }), critic: sgd({ rate: 1 }) },
});

function views(order: number) {
  const trace = new Trace(new Variables(), { training: true });
  const inputs = emptyInputs("");
  trace.useKey(inputs.key);
  const field = { shape: [2], dtype: "f32", scale: 1, offset: 0 } as const;
  const fields = { point: field, tangents: { ...field, shape: [1, 2] } };
  const variables = new Variables();
  const turn = makeTurn({ trace, variables, size: n, fields, inputs, suffix: "" });
  const [d, g] = flat(parts(order)).players as unknown as Player<FlatView>[];
  return { d: d!, g: g!, view: d!.view(turn) };
}

/** Items and codes chosen so that G(z) = (1, 2), (−2, 2) and ∂₁G = (1, 0). */
const feeds = {
  weights: array([2, 3], [1, 0, 0, 0, 1, 0]),
  swap: array([2, 2], [0, 0, 1, 0]),
  "batch.point": array([2, 2], [1, 0, 0, 3]),
  "batch.tangents": array([2, 1, 2], [0, 1, -1, 0]),
  "noise.t": array([2, 1], [0.5, -1]),
  "noise.z": array([2, 2], [2, 0, 2, 0]),
  key: { ...array([], [1]), dtype: "i32" as const },
};

const value = (t: Tensor) => evaluate([t], feeds)[0]!.data[0]!;

describe("flat", () => {
  test("order 1: fakes are pushed with ∂G/∂z₁, and both losses are as computed by hand", () => {
    const { d, g, view } = views(1);
    const [fake, pushed] = evaluate([view.fake, view.pushed[0]!], feeds);
    expect(Array.from(fake!.data)).toEqual([1, 2, -2, 2]);
    expect(Array.from(pushed!.data)).toEqual([1, 0, 1, 0]);
    // E f(G) = (5 + 8)/2, E f(x) = (1 + 9)/2; ω(G)(∂G) = x₂ = 2, 2; ω(x)(τ) = 0·0, 3·(−1).
    expect(value(g.objective(view).loss)).toBeCloseTo(-(6.5 + 0.5 * 2), 12);
    expect(value(d.objective(view).loss)).toBeCloseTo(6.5 + 0.5 * 2 - (5 + 0.5 * -1.5), 12);
  });

  test("order 0 is a plain critic: it reads no tangents and makes none", () => {
    const { d, view } = views(0);
    expect(view.tangents).toEqual([]);
    expect(view.pushed).toEqual([]);
    expect(value(d.objective(view).loss)).toBeCloseTo(6.5 - 5, 12);
  });
});

/** A view of two items at which both sides meet, so that between them there is one point. */
const still = (scalarAt: (x: Tensor) => Tensor, covectorsAt: (x: Tensor) => Tensor[]): FlatView =>
  ({
    turn: {
      size: n,
      uniform: (shape: number[]) => input("u", shape),
      noise: (_: string, { shape }: { shape: number[] }) => input("frame", [n, ...shape]),
    },
    real: input("x", [n, 2]),
    fake: input("x", [n, 2]),
    scalarAt,
    covectorsAt,
  }) as unknown as FlatView;

describe("terms", () => {
  const at = {
    x: array([2, 2], [3, 4, 0, 1]),
    u: array([2, 1], [0.5, 0.5]),
    frame: noise([2, 2, 2], 3),
  };
  const square2 = (x: Tensor) => sum(square(x), { axes: [1] });
  const evaluated = (t: Tensor) => evaluate([t], at)[0]!.data[0]!;

  test("comass: 10·(((25−2)² + 0)/2 + ((5−2)² + 0)/2)", () => {
    const { loss } = comass({ bound: 2 }).apply(
      still(square2, (x) => [x]),
      {},
    );
    expect(evaluated(loss)).toBeCloseTo(10 * (23 ** 2 / 2 + 9 / 2), 4);
    const plain = comass({ bound: 2, weight: 1 }).apply(
      still(square2, () => []),
      {},
    );
    expect(evaluated(plain.loss)).toBeCloseTo(23 ** 2 / 2, 6);
  });

  test("exterior derivative: slopes 10 and 2 of ‖x‖², and dω = 2 of a turning field", () => {
    const turning = (x: Tensor) => [matmul(x, input("turn", [2, 2]))];
    const { loss } = exteriorDerivative({ weight: 1 }).apply(still(square2, turning), {});
    const found = evaluate([loss], { ...at, turn: array([2, 2], [0, 1, -1, 0]) })[0]!.data[0]!;
    expect(found).toBeCloseTo((9 ** 2 + 1) / 2 + 1, 6);
    const plain = exteriorDerivative({ weight: 1 }).apply(
      still(square2, () => []),
      {},
    );
    expect(evaluated(plain.loss)).toBeCloseTo((9 ** 2 + 1) / 2, 6);
  });

  test("their gradients match central differences, twice", () => {
    const k = input("k", [2, 2]);
    const net = (x: Tensor) => mul(tanh(matmul(x, k)), 3);
    const view = still(
      (x) => sum(net(x), { axes: [1] }),
      (x) => [mul(net(x), x)],
    );
    for (const term of [comass({ bound: 0.3 }), exteriorDerivative()]) {
      const claims = claimsOf(term.apply(view, {}).loss, [k]);
      const fed = { ...at, k: array([2, 2], [0.3, -0.5, 0.7, 0.2]) };
      expect(gradientError({ claims, feeds: fed }, 2), term.id).toBeLessThan(1e-5);
    }
  });
});

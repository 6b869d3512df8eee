import { expect, test } from "vitest";
import { array, layerError, noise, resultOf, stateAfter } from "../../test/layers.ts";
import { standardisedLinear } from "./standardised-linear.ts";

const layer = standardisedLinear(3);
const x = noise([200, 5]);
const column = (data: ArrayLike<number>, c: number) =>
  Array.from({ length: data.length / 3 }, (_, i) => data[3 * i + c]!);
const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length;

test("the first batch comes out at mean 0 and deviation 1, whatever its scale", () => {
  const wide = array(
    [200, 5],
    Array.from(x.data, (v) => 7 * v + 3),
  );
  const { data } = resultOf(layer, wide);
  for (const c of [0, 1, 2]) {
    const values = column(data, c);
    expect(mean(values)).toBeCloseTo(0, 6);
    expect(mean(values.map((v) => v ** 2))).toBeCloseTo(1, 6);
  }
});

test("what the first batch set stays: a later one is not standardised", () => {
  const known = stateAfter(layer, x);
  const twice = array(
    [200, 5],
    Array.from(x.data, (v) => 2 * v),
  );
  expect(stateAfter(layer, twice, known)).toEqual(known);
  const { data } = resultOf(layer, twice, { set: known });
  expect(mean(column(data, 0).map((v) => v ** 2))).toBeGreaterThan(3);
  const use = resultOf(layer, x, { training: false, set: known });
  expect(Array.from(use.data)).toEqual(Array.from(resultOf(layer, x).data));
});

test("the gradient is that of fixed statistics", () => {
  const use = { training: false };
  expect(layerError(layer, noise([4, 5]), use)).toBeLessThan(1e-6);
  expect(layerError(standardisedLinear(3, { learnt: true }), noise([4, 5]), use)).toBeLessThan(
    1e-6,
  );
});

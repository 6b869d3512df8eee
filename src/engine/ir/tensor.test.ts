import { expect, test } from "vitest";
import { add, mul } from "../ops/index.ts";
import { input } from "./leaves.ts";
import { ancestors, isTensor } from "./tensor.ts";
import { broadcastShapes, normaliseAxes, stridesOf } from "./type.ts";

test("ancestors come before their users, each once", () => {
  const x = input("x", [2]);
  const a = mul(x, x);
  const y = add(a, x);
  expect(ancestors([y, a])).toEqual([x, a, y]);
});

test("ancestors stop where they are told, and do not look behind", () => {
  const x = input("x", [2]);
  const a = mul(x, x);
  const y = add(a, 1);
  expect(ancestors([y], (t) => t === a)).toEqual([y.inputs[1], y]);
  expect(ancestors([a], (t) => t === a)).toEqual([]);
});

test("a tensor is told from numbers and plain objects", () => {
  expect(isTensor(input("x", []))).toBe(true);
  for (const other of [1, null, undefined, { inputs: [] }]) expect(isTensor(other)).toBe(false);
});

test("shapes broadcast from the last axis", () => {
  expect(broadcastShapes([2, 1, 3], [4, 1])).toEqual([2, 4, 3]);
  expect(broadcastShapes([], [2])).toEqual([2]);
  expect(() => broadcastShapes([2, 3], [2])).toThrow(/\[2,3\] and \[2\]/);
});

test("axes are sorted, unique and counted from the front", () => {
  expect(normaliseAxes([-1, 0, 2], 3)).toEqual([0, 2]);
  expect(normaliseAxes(undefined, 2)).toEqual([0, 1]);
  expect(() => normaliseAxes([0.5], 2)).toThrow(/axis in \[-2, 1\]/);
});

test("strides are row-major", () => expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]));

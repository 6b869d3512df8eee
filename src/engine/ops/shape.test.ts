import { describe, expect, test } from "vitest";
import { constant, input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import type { Shape } from "../ir/type.ts";
import { optimise } from "../passes/optimise.ts";
import { evaluate } from "../reference/evaluate.ts";
import * as ops from "./index.ts";

const count = (...shape: Shape): Tensor =>
  constant(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
    shape,
  );
const values = (t: Tensor): number[] => [...evaluate([t])[0]!.data];

describe("borders of 0 1 2 3, two before and one after", () => {
  const border = { before: [2], after: [1] };
  test.each([
    ["reflect", ops.reflectPad, [2, 1, 0, 1, 2, 3, 2]],
    ["replicate", ops.replicatePad, [0, 0, 0, 1, 2, 3, 3]],
    ["circular", ops.circularPad, [2, 3, 0, 1, 2, 3, 0]],
  ])("%s", (_, extend, expected) => {
    expect(values(extend(count(4), border))).toEqual(expected);
  });

  test("corners come from both axes", () => {
    const y = ops.reflectPad(count(2, 3), { before: [0, 1], after: [1, 0] });
    expect(values(y)).toEqual([1, 0, 1, 2, 4, 3, 4, 5, 1, 0, 1, 2]);
  });

  test("a border that is too wide is refused", () => {
    const wide = { before: [4], after: [0] };
    expect(() => ops.reflectPad(count(4), wide)).toThrow(/reflectPad.*SHAPE.*below its size/);
    expect(values(ops.circularPad(count(4), wide))).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
    const wider = { before: [5], after: [0] };
    expect(() => ops.circularPad(count(4), wider)).toThrow(/SHAPE/);
    expect(() => ops.pad(count(4), { before: [-1], after: [0] })).toThrow(/SHAPE/);
    expect(() => ops.pad(count(1), { before: [1], after: [0], value: -Infinity })).toThrow(
      /finite/,
    );
  });
});

test("split gives equal pieces or the sizes asked for, and refuses others", () => {
  expect(ops.split(count(6), { axis: 0, sizes: 3 }).map(values)).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
  const [a, b] = ops.split(count(2, 3), { axis: -1, sizes: [1, 2] });
  expect([values(a!), values(b!)]).toEqual([
    [0, 3],
    [1, 2, 4, 5],
  ]);
  expect(() => ops.split(count(5), { axis: 0, sizes: 2 })).toThrow(/SHAPE/);
  expect(() => ops.split(count(5), { axis: 0, sizes: [2, 2] })).toThrow(/add up to 5/);
});

test("unstack undoes stack, on any axis", () => {
  for (const axis of [0, 1, -1]) {
    const together = ops.stack([count(3), ops.neg(count(3))], { axis });
    expect(together.shape).toEqual(axis === 0 ? [2, 3] : [3, 2]);
    expect(ops.unstack(together, { axis }).map(values)).toEqual([
      [0, 1, 2],
      [-0, -1, -2],
    ]);
  }
});

test("roll moves to higher indices and comes in again", () => {
  expect(values(ops.roll(count(4), { axis: 0, shift: 1 }))).toEqual([3, 0, 1, 2]);
  expect(values(ops.roll(count(4), { axis: 0, shift: -5 }))).toEqual([1, 2, 3, 0]);
  const x = count(4);
  expect(ops.roll(x, { axis: 0, shift: 8 })).toBe(x);
});

test("squeeze, unsqueeze and flatten", () => {
  expect(ops.squeeze(count(1, 2, 1)).shape).toEqual([2]);
  expect(ops.squeeze(count(1, 2, 1), { axes: [-1] }).shape).toEqual([1, 2]);
  expect(() => ops.squeeze(count(2), { axes: [0] })).toThrow(/SHAPE/);
  expect(ops.unsqueeze(count(2, 3), { axes: [0, -1] }).shape).toEqual([1, 2, 3, 1]);
  expect(ops.flatten(count(2, 3, 4)).shape).toEqual([2, 12]);
  expect(ops.flatten(count(2, 3), { from: 0 }).shape).toEqual([6]);
});

describe("simplified", () => {
  const x = input("x", [2, 1, 3]);
  const simple = (t: Tensor) => optimise([t])[0]!;
  const round = ops.transpose(ops.transpose(x, { perm: [2, 0, 1] }), { perm: [1, 2, 0] });
  const whole = { starts: [0, 0, 0], ends: [2, 1, 3] };
  const none = { before: [0, 0, 0], after: [0, 0, 0] };
  test.each([
    ["a transposition and its inverse", round],
    ["a slice of everything", ops.slice(x, whole)],
    ["a flip of a flip", ops.flip(ops.flip(x, { axes: [2] }), { axes: [-1] })],
    ["a border of nothing", ops.pad(x, none)],
    ["a concatenation of one", ops.concat([x], { axis: 1 })],
    ["an upsampling by 1", ops.upsampleNearest(x, { scale: [1] })],
  ])("%s is x", (_, t) => expect(simple(t)).toBe(x));

  test("moving an axis of size 1 is a reshape", () => {
    expect(simple(ops.transpose(x, { perm: [1, 0, 2] })).record.name).toBe("reshape");
  });

  test("a slice of a slice is one slice with the same elements", () => {
    const origin = input("y", [20]);
    const inner = ops.slice(origin, { starts: [3], ends: [18], steps: [3] });
    const t = ops.slice(inner, { starts: [1], ends: [5], steps: [2] });
    const feeds = { y: evaluate([count(20)])[0]! };
    expect(simple(t).inputs[0]).toBe(origin);
    expect([...evaluate([simple(t)], feeds)[0]!.data]).toEqual([6, 12]);
    expect([...evaluate([t], feeds)[0]!.data]).toEqual([6, 12]);
  });

  test("a border of a border is one, if the values agree", () => {
    const once = ops.pad(x, { before: [1, 0, 0], after: [0, 0, 2] });
    const both = simple(ops.pad(once, { before: [0, 1, 0], after: [1, 0, 0] }));
    expect(both.inputs[0]).toBe(x);
    expect(both.attrs).toMatchObject({ before: [1, 1, 0], after: [1, 0, 2] });
    const other = { before: [0, 0, 0], after: [1, 0, 0], value: 5 };
    expect(simple(ops.pad(once, other)).inputs[0]).toBe(once);
  });
});

import { expect, test } from "vitest";
import { cyclesOf } from "./cycles.ts";

const cycles = (needs: Record<string, string[]>) => cyclesOf(new Map(Object.entries(needs)));

test("modules that need each other, at once or by way of others", () => {
  expect(cycles({ a: ["b", "c", "zod"], b: ["c"], c: [] })).toEqual([]);
  expect(cycles({ a: ["b"], b: ["a"] })).toEqual([["a", "b"]]);
  expect(cycles({ d: ["a"], a: ["b"], b: ["c", "e"], c: ["a"], e: [] })).toEqual([["a", "b", "c"]]);
  expect(cycles({ a: ["b", "c"], b: ["a"], c: ["d"], d: ["c"] })).toEqual([
    ["c", "d"],
    ["a", "b"],
  ]);
});

test("a way back that was found late still counts", () => {
  expect(cycles({ a: ["b"], b: ["c", "d"], c: ["b"], d: ["a"] })).toEqual([["a", "b", "c", "d"]]);
});

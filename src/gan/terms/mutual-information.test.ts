import { expect, test } from "vitest";
import { constant, input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Module } from "../../nn/module.ts";
import type { Duel } from "../duel.ts";
import {
  heard,
  type InfoCode,
  mutualInformation,
  readCode,
  readerSize,
} from "./mutual-information.ts";

const code: InfoCode = { noise: 1, categories: 3, continuous: 1 };
const z = constant([0.5, -1, 2, 0, 0.25, 7, 3, 1, 2, -1], [2, 5]);
const read = (t: Tensor) => Array.from(evaluate([t], {})[0]!.data);

test("a code is taken apart, and heard with its category as one of K", () => {
  const { noise, category, continuous } = readCode(z, code);
  expect([read(noise), read(category), read(continuous)]).toEqual([
    [0.5, 7],
    [1, 0],
    [0.25, -1],
  ]);
  expect(read(heard(z, code))).toEqual([0.5, 0, 1, 0, 0.25, 7, 1, 0, 0, -1]);
  expect(readerSize(code)).toBe(5);
});

/** A duel in which Q says `said` of both fakes. */
function duelOf(said: number[]): { duel: Duel; reader: Module<Tensor, Tensor> } {
  const answer = constant([...said, ...said], [2, 5]);
  const reader = { name: "q", net: () => answer };
  const features = { real: z, fake: input("features", [2, 1]) };
  return { duel: { features, codes: z, turn: { call: () => answer } } as unknown as Duel, reader };
}

test("by hand: Q that knows nothing tells 0 nats; the normal's surprise is its formula's", () => {
  const { duel, reader } = duelOf([0, 0, 0, 0, 0]);
  const term = mutualInformation({ code, reader, weight: 2, continuousWeight: 1 }).discriminator;
  const { loss, readings } = term.apply(duel, {});
  const normal = (0.25 ** 2 + 1) / 4 + 0.5 * Math.log(2 * Math.PI);
  expect(read(loss)[0]).toBeCloseTo(2 * (Math.log(3) + normal), 12);
  expect(read(readings!["d.information"]!.value)[0]).toBeCloseTo(0, 12);
});

test("by hand: at a fixed deviation of 1 Q says middles alone", () => {
  expect(readerSize(code, true)).toBe(4);
  const { duel, reader } = duelOf([0, 0, 0, 0.5, 9]);
  const options = { code, reader, weight: 1, continuousWeight: 1, fixed: true };
  const { loss } = mutualInformation(options).discriminator.apply(duel, {});
  const normal = (0.25 ** 2 + 1.5 ** 2) / 4 + 0.5 * Math.log(2 * Math.PI);
  expect(read(loss)[0]).toBeCloseTo(Math.log(3) + normal, 12);
});

test("without a weight Q watches, and the generator has no such term", () => {
  const { reader } = duelOf([0, 0, 0, 0, 0]);
  expect(mutualInformation({ code, reader, weight: 0 }).generator).toEqual([]);
  expect(mutualInformation({ code, reader, weight: 1 }).generator).toHaveLength(1);
});

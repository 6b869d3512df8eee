import { expect, test } from "vitest";
import { array } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Duel } from "../duel.ts";
import { orthogonal } from "./orthogonal.ts";

const parameters = {
  discriminator: {
    "d.a.weight": input("a", [2, 2]),
    "d.a.bias": input("b", [2]),
    "d.gain.weight": input("c", [2]),
  },
  generator: { "g.kernel.weight": input("k", [2, 1, 1, 2]), "g.class.weight": input("e", [3, 2]) },
};
const feeds = {
  a: array([2, 2], [1, 2, 3, 4]),
  b: array([2], [5, 5]),
  c: array([2], [5, 5]),
  k: array([2, 1, 1, 2], [1, 1, 1, -1]),
  e: array([3, 2], [1, 0, 1, 0, 0, 7]),
};
const measured = (options: Parameters<typeof orthogonal>[0]) => {
  const { loss } = orthogonal(options).apply({ parameters } as unknown as Duel, {});
  return evaluate([loss], feeds)[0]!.data[0]!;
};

test("is the squared product of every two rows, twice, of weights of two axes or more", () => {
  expect(measured({ weight: 1 })).toBe(2 * 11 ** 2);
});

test("of the generator, without those that are left alone", () => {
  const of = { weight: 1, of: "generator" } as const;
  expect(measured(of)).toBe(2);
  expect(measured({ ...of, except: ["g.class.weight"] })).toBe(0);
});

import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { apply, array, noise } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { mul, tanh } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { module } from "../../nn/module.ts";
import type { Duel } from "../duel.ts";
import type { Turn } from "../game.ts";
import { fastganFeatures, mapDecoder } from "../nets/fastgan.ts";
import { quarter, reconstruction } from "./reconstruction.ts";

const x = input("x", [2, 1, 4, 4]);
const draws = input("draws", [2, 2]);

/** What a term sees of a duel. */
const duel = (features: ReturnType<typeof input>, call: Turn["call"]) =>
  ({
    turn: { size: 2, uniform: () => draws, call },
    real: x,
    features: { real: features },
  }) as unknown as Duel;

const plain: Turn["call"] = ({ net }, value) => net(value, undefined as never);
const grid = array(
  [2, 1, 4, 4],
  Array.from({ length: 32 }, (_, i) => i % 16),
);
/** The first image's bottom left, the second's top right. */
const drawn = array([2, 2], [0.9, 0.2, 0.1, 0.7]);

test("each image has a quarter of its own", () => {
  const [down, right] = [array([2, 1, 1, 1], [1, 0]), array([2, 1, 1, 1], [0, 1])];
  const given = { x: grid, down, right };
  const made = quarter(x, input("down", [2, 1, 1, 1]), input("right", [2, 1, 1, 1]));
  expect([...evaluate([made], given)[0]!.data]).toEqual([8, 9, 12, 13, 2, 3, 6, 7]);
});

test("by hand: both errors are means of absolute differences", () => {
  const maps = input("maps", [2, 1, 4, 4]);
  const whole = module("whole", (m: typeof x) => mul(quarter(m, mul(0, at), mul(0, at)), 0));
  const part = module("part", (m: typeof x) => mul(m, 0));
  const at = input("at", [2, 1, 1, 1]);
  const { loss } = reconstruction({ whole, part, weight: 2 }).apply(duel(maps, plain), {});
  const feeds = { x: grid, maps: grid, draws: drawn, at: array([2, 1, 1, 1], [0, 0]) };
  // Decoders say 0: the halved images' mean is 7.5; the quarters' are (10.5 + 4.5)/2.
  expect(evaluate([loss], feeds)[0]!.data[0]).toBeCloseTo(2 * (7.5 + 7.5), 12);
});

test("gradients through trunk and decoders match central differences, twice", () => {
  const image = [1, 16, 16];
  const items = input("items", [2, ...image]);
  const made = apply((scope) => {
    const call: Turn["call"] = ({ name, net }, value) => net(value, scope.child(name));
    const features = fastganFeatures({ image, width: 1 })(items, scope.child("trunk"));
    const decoder = (name: string) => module(name, mapDecoder({ image, width: 1 }, 8));
    const seen = { ...duel(features, call), real: tanh(items) };
    return reconstruction({ whole: decoder("whole"), part: decoder("part") }).apply(seen, {}).loss;
  });
  const feeds = { ...made.feeds, items: noise([2, ...image], 4), draws: drawn };
  expect(made.y.shape).toEqual([]);
  expect(made.variables.all().some((v) => v.name.startsWith("net.part.up0"))).toBe(true);
  const claims = claimsOf(made.y, made.parameters);
  expect(gradientError({ claims, feeds }, 3, 2)).toBeLessThan(2e-6);
});

import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { apply, noise } from "../../test/layers.ts";
import { constant, input } from "../engine/ir/leaves.ts";
import { square, sum } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { adam } from "../nn/adam.ts";
import { activityAt, nextSegment } from "../train/plan.ts";
import { growingGame } from "./growing-game.ts";
import { normal } from "./latent.ts";
import { wasserstein } from "./losses/wasserstein.ts";
import { growingCritic, growingGenerator, grownGenerator, seenAt } from "./nets/growing.ts";

const shape = { image: [1, 16, 16], width: 2, widest: 3, deviation: true };
const fade = (share: number) => constant(share, []);
const z = input("z", [2, 3]);
const codes = noise([2, 3], 2);

const made = (stage: number, share: number) => {
  const { y, feeds } = apply((s) => growingGenerator(shape, stage, fade(share))(z, s));
  return evaluate([y], { ...feeds, z: codes })[0]!;
};

test("a level that begins changes nothing: its image is the one before, doubled", () => {
  const [before, begun] = [made(1, 1), made(2, 0)];
  expect(before.shape).toEqual([2, 1, 8, 8]);
  expect(begun.shape).toEqual([2, 1, 16, 16]);
  for (let at = 0; at < 16; at++) {
    const [y, x] = [Math.floor(at / 4), at % 4];
    expect(begun.data[y * 16 + x]).toBeCloseTo(
      before.data[Math.floor(y / 2) * 8 + Math.floor(x / 2)]!,
      12,
    );
  }
  expect(made(2, 0.5).data).not.toEqual(begun.data);
});

test("the sampler is the generator of any stage, at full size", () => {
  const { y, feeds } = apply((s) => grownGenerator(shape)(z, s));
  const shares = (one: number, two: number) => ({
    "net.shares.level1": { ...codes, shape: [], data: Float64Array.of(one) },
    "net.shares.level2": { ...codes, shape: [], data: Float64Array.of(two) },
  });
  const at = (one: number, two: number) =>
    evaluate([y], { ...feeds, z: codes, ...shares(one, two) })[0]!.data;
  const [whole, full] = [at(1, 0.3), made(2, 0.3).data];
  full.forEach((v, i) => {
    expect(whole[i]).toBeCloseTo(v, 12);
  });
  const small = made(1, 0.4).data;
  at(0.4, 0).forEach((v, i) => {
    const [n, rest] = [Math.floor(i / 256), i % 256];
    const [row, column] = [Math.floor(rest / 32), Math.floor((rest % 16) / 2)];
    expect(v).toBeCloseTo(small[n * 64 + row * 8 + column]!, 12);
  });
});

test("critics score images of their stage, and one that begins scores as the one before", () => {
  const x = input("x", [2, 1, 16, 16]);
  const images = noise([2, 1, 16, 16], 5);
  const begun = apply((s) => growingCritic(shape, 2, fade(0))(x, s));
  const before = apply((s) => growingCritic(shape, 1, fade(1))(seenAt(shape, 1, fade(1), x), s));
  expect(begun.y.shape).toEqual([2]);
  const [a, b] = [begun, before].map(
    ({ y, feeds }) => evaluate([y], { ...feeds, x: images })[0]!.data,
  );
  a!.forEach((v, i) => {
    expect(v).toBeCloseTo(b![i]!, 9);
  });
});

test("gradients of both nets are right", () => {
  const small = { ...shape, image: [1, 8, 8] };
  const x = input("x", [2, 1, 8, 8]);
  const critic = apply((s) => growingCritic(small, 1, fade(0.4))(x, s));
  const maker = apply((s) => growingGenerator(small, 1, fade(0.4))(z, s));
  for (const [{ y, parameters, feeds }, given] of [
    [critic, { x: noise([2, 1, 8, 8], 4) }],
    [maker, { z: codes }],
  ] as const) {
    const claims = claimsOf(sum(square(y)), parameters).slice(0, 1);
    expect(gradientError({ claims, feeds: { ...feeds, ...given } }, 1, 2)).toBeLessThan(1e-5);
  }
});

const game = growingGame({
  field: "image",
  shape,
  batch: 2,
  latent: normal(3),
  loss: wasserstein(),
  optimise: () => ({ generator: adam({ rate: 1e-3 }), discriminator: adam({ rate: 1e-3 }) }),
  ticks: 10,
  decay: () => 0.9,
});

test("each stage has its ticks and its players, and no chunk crosses from one to the next", () => {
  const at = (step: number) => [...activityAt(game, step)];
  expect(at(0)).toEqual(["d4", "g4"]);
  expect(at(9)).toEqual(["d4", "g4"]);
  expect(at(10)).toEqual(["d8", "g8"]);
  expect(at(29)).toEqual(["d8", "g8"]);
  expect(at(30)).toEqual(["d16", "g16"]);
  expect(at(10_000)).toEqual(["d16", "g16"]);
  // Chunks of 4 begin at multiples of 4: the one from 8 on would reach into the next stage.
  expect(nextSegment(game, 4, 100, 4).repeat).toBe(4);
  expect(nextSegment(game, 8, 100, 4).repeat).toBe(1);
  expect(nextSegment(game, 12, 100, 4).repeat).toBe(4);
});

test("a stage owns its levels and the images of the last two, the average all", () => {
  const names = (i: number) => game.players[i]!.owns.map(({ name }) => name);
  expect(names(1)).toEqual(["g.level0", "g.image0"]);
  expect(names(5)).toEqual(["g.level0", "g.level1", "g.level2", "g.image1", "g.image2"]);
  expect(game.average!.of).toHaveLength(6);
});

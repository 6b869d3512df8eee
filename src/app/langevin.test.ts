import { expect, test } from "vitest";
import { conditionalRun } from "../../test/conditional-run.ts";
import { RandomStream } from "../core/random.ts";
import { mul, neg, square, sub, sum } from "../engine/ops/index.ts";
import type { Game } from "../gan/game.ts";
import { normal, uniform } from "../gan/latent.ts";
import { Sampler } from "../train/sampler.ts";
import { langevin } from "./langevin.ts";

const conditional = await conditionalRun("none");

/** A run whose items are its codes, scored by −1.5·‖x − 2‖². */
function plain(noise: Game["sampler"]["noise"]) {
  const game: Game = {
    field: "image",
    batch: 4,
    players: [],
    sampler: { noise, make: ({ z }) => z! },
    judge: (x) => neg(mul(sum(square(sub(x, 2)), { axes: [1] }), 1.5)),
  };
  const { variables, provider } = conditional;
  return { ...conditional, game, sampler: new Sampler(game, variables, provider) };
}

test("a step without noise goes down the energy, prior and all", async () => {
  const codes = Float32Array.of(1, -1, 0, 4);
  const moved = await langevin(plain({ z: normal(2) }), codes, { steps: 1, rate: 0.1, noise: 0 });
  // ∇E = z + 3(z − 2).
  const expected = codes.map((z) => z - 0.05 * (z + 3 * (z - 2)));
  for (const [i, z] of moved.entries()) expect(z).toBeCloseTo(expected[i]!, 5);
});

test("uniform codes have no slope of their own and stay within [−1, 1]", async () => {
  const codes = Float32Array.of(0, 0.9);
  const moved = await langevin(plain({ z: uniform(1) }), codes, { steps: 1, rate: 0.1, noise: 0 });
  expect(moved[0]).toBeCloseTo(0.05 * 6, 5);
  expect(moved[1]).toBe(1);
});

test("many steps sample the product of prior and score, and follow the seed", async () => {
  const run = plain({ z: normal(1) });
  const codes = new RandomStream(1, "codes").normal(new Float32Array(2000));
  const ask = { steps: 60, rate: 0.1 };
  const moved = await langevin(run, codes, ask);
  const mean = moved.reduce((a, b) => a + b, 0) / moved.length;
  const variance = moved.reduce((a, z) => a + (z - mean) ** 2, 0) / moved.length;
  // N(1.5, ¼); steps of 0.1 widen it by a tenth.
  expect(mean).toBeCloseTo(1.5, 1);
  expect(variance).toBeGreaterThan(0.22);
  expect(variance).toBeLessThan(0.32);
  expect(await langevin(run, codes, ask)).toEqual(moved);
  expect(await langevin(run, codes, { ...ask, seed: 2 })).not.toEqual(moved);
});

test("a discriminator that needs a class is refused", async () => {
  await expect(langevin(conditional, new Float32Array(8))).rejects.toThrow(/UNJUDGED/);
});

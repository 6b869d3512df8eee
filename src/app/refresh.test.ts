import { expect, test } from "vitest";
import { conditionalRun } from "../../test/conditional-run.ts";
import type { Game } from "../gan/game.ts";
import { normal } from "../gan/latent.ts";
import * as nn from "../nn/index.ts";
import { Sampler } from "../train/sampler.ts";
import { refreshed } from "./refresh.ts";
import { withSampler } from "./sample.ts";

/** A net whose batch norm has seen nothing: it keeps mean 0 and variance 1 of what is far from that. */
async function run(layers: readonly nn.Layer[]) {
  const base = await conditionalRun("none");
  const generator = nn.module("bare", nn.sequential(layers));
  const game: Game = {
    field: "image",
    batch: 4,
    players: [],
    average: { of: [generator], decay: () => 0.9 },
    sampler: { noise: { z: normal(3) }, make: ({ z }, call) => call(generator, z!) },
  };
  const { variables, provider } = base;
  const sampler = new Sampler(game, variables, provider, 64);
  return withSampler({ ...base, game, sampler }, sampler);
}

const shifted: nn.Layer = (x, scope) =>
  nn.linear(2, { biasInit: () => Float32Array.of(5, -3) })(x, scope);

/** Mean and variance of the first of two numbers an item. */
function ofFirst(items: Float32Array) {
  const first = items.filter((_, i) => i % 2 === 0);
  const mean = first.reduce((a, b) => a + b, 0) / first.length;
  return { mean, variance: first.reduce((a, v) => a + (v - mean) ** 2, 0) / first.length };
}

test("statistics become those of what the weights make; the run itself stays as it was", async () => {
  const stale = await run([shifted, nn.batchNorm()]);
  const request = { seed: 9, count: 2000 };
  const before = await stale.sample(request);
  expect(ofFirst(before).mean).toBeGreaterThan(4);
  const fresh = await refreshed(stale);
  const after = ofFirst(await fresh.sample(request));
  expect(Math.abs(after.mean)).toBeLessThan(0.2);
  expect(Math.abs(after.variance - 1)).toBeLessThan(0.25);
  expect(await stale.sample(request)).toEqual(before);
  expect(ofFirst(await (await refreshed(stale, { seed: 1 })).sample(request))).not.toEqual(after);
});

test("a net that keeps nothing is returned as it is", async () => {
  const plain = await run([shifted]);
  expect(await refreshed(plain)).toBe(plain);
});

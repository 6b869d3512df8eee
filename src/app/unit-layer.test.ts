import { expect, test } from "vitest";
import { systemRun } from "../../test/system-run.ts";
import { input, mul, program } from "../engine/index.ts";
import { inputName } from "../engine/ir/leaves.ts";
import { replace } from "../engine/ir/replace.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import type { NdArray } from "../engine/reference/ndarray.ts";
import { traceNets } from "../train/layers.ts";
import { codesOf, NetProbe } from "./net-probe.ts";
import { openAttention, unitFilters } from "./net-weights.ts";
import { netLayers, openLayer } from "./unit-layer.ts";
import { measureMaps, topSamples, unitEffects } from "./unit-ranking.ts";

const batch = 4;
const dcgan = await systemRun("dcgan", { width: 4, discriminatorWidth: 4, latent: 6 }, batch);
const sagan = await systemRun("sagan", { width: 2, latent: 6, attention: 1 }, batch);
const numbers = [0, 1, 2, 3, 4, 5];
const codes = codesOf(dcgan, numbers, { seed: 3 });

test("layers are found in the graph, with the nets that they are of", () => {
  const { layers, scores } = netLayers(dcgan);
  expect(scores).toBe(true);
  const shown = layers.map((l) => `${l.net[0]} ${l.name} ${l.units}x${l.map.join("x")}`);
  expect(shown).toEqual([
    "g g.project 8x4x4",
    "g g.norm0 8x4x4",
    "g g.act0 8x4x4",
    "g g.up1 4x8x8",
    "g g.norm1 4x8x8",
    "g g.act1 4x8x8",
    "g g.image 1x16x16",
    "g g.tanh 1x16x16",
    "d d.down0 4x8x8",
    "d d.act0 4x8x8",
    "d d.down1 8x4x4",
    "d d.norm1 8x4x4",
    "d d.act1 8x4x4",
    "d d.logit 1x1x1",
  ]);
});

test("layers without a place of their own are found by the variables that they read", () => {
  const { layers, attention, scores } = netLayers(sagan);
  expect(scores).toBe(false);
  expect(attention).toEqual([{ name: "g.attention", net: "generator", from: [8, 8], to: [4, 4] }]);
  const names = layers.map((l) => l.name);
  for (const part of ["query", "key", "value", "out"]) {
    expect(names).toContain(`g.attention.${part}`);
  }
  expect(names).toEqual(expect.arrayContaining(["g.project", "g.up0", "g.up0.body.conv1"]));
});

test("a factor of 1 gives the sample, bit for bit", async () => {
  const asked = { seed: 3, count: numbers.length, codes: codes.codes };
  const plain = await dcgan.sample(asked);
  for (const { name } of netLayers(dcgan).layers) {
    const layer = openLayer(dcgan, name, batch);
    expect((await layer.see(codes)).items).toEqual(plain);
    expect((await layer.see(codes, [{ factor: 1, units: [0] }])).items).toEqual(plain);
    await layer.dispose();
  }
});

test("all units off is the same as zeros in the layer's place", async () => {
  const nets = traceNets(dcgan.game, dcgan.variables, batch);
  for (const name of ["g.project", "g.act1"]) {
    const { tensor } = nets.layers.find((l) => l.name === name)!;
    const [items] = replace([nets.items], tensor, input("zeros", tensor.shape));
    const probe = new NetProbe(dcgan, { items: items! }, batch);
    const size = tensor.shape.reduce((n, d) => n * d, 1);
    const zeros = dcgan.provider.value("f32", tensor.shape, new Float32Array(size));
    const layer = openLayer(dcgan, name, batch);
    const off = await layer.see(codes, [{ factor: 0 }]);
    const plain = await layer.see(codes);
    expect(off.items).toEqual((await probe.ask(codes, { zeros })).items);
    expect(off.items).not.toEqual(plain.items);
    expect(off.maps).toEqual(plain.maps);
    await Promise.all([layer.dispose(), probe.dispose()]);
  }
});

test("maps, and scores under a change, are those of the float64 reference", async () => {
  const nets = traceNets(dcgan.game, dcgan.variables, batch);
  const { tensor } = nets.layers.find((l) => l.name === "d.act0")!;
  const some = codesOf(dcgan, [0, 1, 2, 3], { seed: 3 });
  const [halved] = replace([nets.scores!], tensor, mul(tensor, 0.5));
  const feeds: Record<string, NdArray> = { z: array([batch, 6], some.codes) };
  for (const leaf of program({ halved: halved! }).inputs) {
    const name = inputName(leaf)!;
    if (name === "z") continue;
    const { shape } = dcgan.variables.get(name)!;
    feeds[name] = array(shape, (await dcgan.value(name).data()) as Float32Array);
  }
  const [maps, scores] = evaluate([tensor, halved!], feeds);
  const layer = openLayer(dcgan, "d.act0", batch);
  const seen = await layer.see(some, [{ factor: 0.5 }]);
  maps!.data.forEach((v, i) => {
    expect(seen.maps[i]).toBeCloseTo(v, 5);
  });
  scores!.data.forEach((v, i) => {
    expect(seen.scores![i]).toBeCloseTo(v, 5);
  });
  await layer.dispose();
});

const array = (shape: readonly number[], data: ArrayLike<number>): NdArray => ({
  shape,
  dtype: "f32",
  data: Float64Array.from(data),
});

test("a change within a rectangle, or under a mask, leaves the rest alone", async () => {
  const layer = openLayer(dcgan, "g.tanh", batch);
  const plain = (await layer.see(codes)).items;
  const where = { left: 2, top: 3, width: 5, height: 4 };
  const set = (await layer.see(codes, [{ factor: 0, offset: 0.25, where }])).items;
  const mask = new Float32Array(256).fill(0.5);
  const masked = (await layer.see(codes, [{ factor: 3, where: mask }])).items;
  set.forEach((v, i) => {
    const [y, x] = [Math.floor((i % 256) / 16), i % 16];
    const inside = y >= 3 && y < 7 && x >= 2 && x < 7;
    expect(v).toBe(inside ? 0.25 : plain[i]);
    expect(masked[i]).toBeCloseTo(2 * plain[i]!, 6);
  });
  await layer.dispose();
});

test("changes follow one another", async () => {
  const layer = openLayer(dcgan, "g.tanh", batch);
  const plain = (await layer.see(codes)).items;
  const both = await layer.see(codes, [{ offset: 1 }, { factor: 2 }]);
  both.items.forEach((v, i) => {
    expect(v).toBeCloseTo(2 * (plain[i]! + 1), 5);
  });
  await layer.dispose();
});

test.each(["max", "mean"] as const)("top samples by %s are the top of all", async (by) => {
  const layer = openLayer(dcgan, "g.act0", batch);
  const count = 22;
  const found = await topSamples(layer, { seed: 5, count, top: 3, by });
  const all = codesOf(dcgan, [...Array(count).keys()], { seed: 5 });
  const measured = measureMaps((await layer.see(all)).maps, 16, by);
  for (let unit = 0; unit < 8; unit++) {
    const values = Array.from({ length: count }, (_, item) => measured[item * 8 + unit]!);
    const best = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b).slice(0, 3);
    expect([...found.items.subarray(unit * 3, unit * 3 + 3)]).toEqual(best);
    expect([...found.values.subarray(unit * 3, unit * 3 + 3)]).toEqual(best.map((i) => values[i]));
  }
  await layer.dispose();
});

test("the effect of a unit is what changes when it is off", async () => {
  const layer = openLayer(dcgan, "g.act1", batch);
  const asked = codesOf(dcgan, [0, 1, 2, 3], { seed: 1 });
  const plain = (await layer.see(asked)).items;
  const effects: number[] = [];
  for await (const { unit, effect } of unitEffects(layer, { seed: 1, count: 4 })) {
    const off = (await layer.see(asked, [{ units: [unit], factor: 0 }])).items;
    const squares = off.map((v, i) => (v - plain[i]!) ** 2);
    expect(effect).toBeCloseTo(Math.sqrt(squares.reduce((a, b) => a + b) / squares.length), 6);
    effects.push(effect);
  }
  expect(effects).toHaveLength(4);
  expect(Math.max(...effects)).toBeGreaterThan(0);
  await layer.dispose();
});

test("filters are the weights that are used, units first", async () => {
  const up = (await unitFilters(dcgan, "g.up1"))!;
  expect(up.shape).toEqual([4, 8, 4, 4]);
  const weight = await dcgan.value("average.g.up1.weight").data();
  const at = (unit: number, from: number, tap: number) => weight[(from * 4 + unit) * 16 + tap]!;
  expect(up.values[(2 * 8 + 5) * 16 + 7]).toBe(at(2, 5, 7));
  const squares = up.values.subarray(0, 128).reduce((sum, v) => sum + v * v, 0);
  expect(up.norms[0]).toBeCloseTo(Math.sqrt(squares), 6);
  expect((await unitFilters(dcgan, "d.down0"))!.shape).toEqual([4, 1, 4, 4]);
  expect(await unitFilters(dcgan, "g.act1")).toBeUndefined();
});

test("attention is seen as the net has it: rows sum to 1", async () => {
  const open = openAttention(sagan, "g.attention", 2);
  const some = codesOf(sagan, [4, 7, 9], { seed: 0, label: 2 });
  const { weights, items } = await open.see(some);
  expect(weights).toHaveLength(3 * 64 * 16);
  expect(items).toHaveLength(3 * 256);
  for (let row = 0; row < 3 * 64; row++) {
    const sum = weights.subarray(row * 16, row * 16 + 16).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 5);
  }
  expect(new Set(weights).size).toBeGreaterThan(100);
  await open.dispose();
});

test("a layer or a unit that is not there is refused", async () => {
  expect(() => openLayer(dcgan, "g.act9")).toThrow(
    expect.objectContaining({ code: "UNKNOWN_LAYER" }),
  );
  const layer = openLayer(dcgan, "g.act1", batch);
  await expect(layer.see(codes, [{ units: [4] }])).rejects.toMatchObject({ code: "OPTION" });
  const where = new Float32Array(3);
  await expect(layer.see(codes, [{ where }])).rejects.toMatchObject({ code: "OPTION" });
  await layer.dispose();
});

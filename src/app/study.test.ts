import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { invert } from "../metrics/inversion.ts";
import { moments } from "../metrics/moments.ts";
import { between, drawOptions, logBetween, oneOf } from "./search.ts";
import { type Cell, runStudy, type Study, trainInMemory } from "./study.ts";

const provider = await nodeCpu({ threads: 1 });
const cell = (id: string, options: Record<string, unknown> = {}, seed = 1): Cell => ({
  id,
  asked: {
    system: "gan-vanilla",
    data: "gaussian-1d",
    options: { batch: 8, width: 4, latent: 1, ...options },
    seed,
    steps: 6,
  },
});
const score: Study["score"] = async (trained) => {
  const { mean, deviation } = moments(await trained.samples(50, 1));
  return { mean, deviation };
};

describe("a study", () => {
  const file = join(mkdtempSync(join(tmpdir(), "study-")), "cells.json");
  const ran: string[] = [];
  const run = (cells: readonly Cell[], keep = true) =>
    runStudy({
      cells,
      provider,
      score,
      ...(keep && { file }),
      onCell: (id) => void ran.push(id),
    });

  test("runs what is not known yet, and only that", async () => {
    const first = await run([cell("a"), cell("b", {}, 2)]);
    expect(ran.splice(0)).toEqual(["a", "b"]);
    expect(first.get("a")!.scores).not.toEqual(first.get("b")!.scores);
    const second = await run([cell("a"), cell("b", {}, 2), cell("c", { width: 5 })]);
    expect(ran.splice(0)).toEqual(["c"]);
    expect(second.get("a")).toEqual(first.get("a"));
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")))).toEqual(["a", "b", "c"]);
  });

  test("a cell that asks for something else now is run again", async () => {
    await run([cell("a", { width: 6 })]);
    expect(ran.splice(0)).toEqual(["a"]);
  });

  test("one cell, one number: the same from its seed, whatever ran before", async () => {
    const [one, two] = [await run([cell("x")], false), await run([cell("y"), cell("x")], false)];
    expect(two.get("x")!.scores).toEqual(one.get("x")!.scores);
  });

  test("a training that diverges is a result, a wrong option an error", async () => {
    const wild = cell("wild", { generatorRate: 1e30, discriminatorRate: 1e30 });
    const results = await run([wild], false);
    expect(results.get("wild")!.failed).toMatch(/NON_FINITE/);
    expect(results.get("wild")!.scores).toBeUndefined();
    await expect(run([cell("bad", { widht: 3 })], false)).rejects.toThrow(/UNKNOWN_OPTION/);
  });
});

test("a trained generator can be inverted: it makes what its own codes make", async () => {
  const trained = await trainInMemory(cell("a").asked, provider);
  const samples = await trained.samples(4, 2);
  const { scale, offset } = trained.source.fields.point!;
  const targets = { count: 4, width: 1, data: samples.map((v) => v * scale + offset) };
  const { distances } = await invert(provider, trained.invertible(), targets, { seed: 1 });
  expect(Math.max(...distances)).toBeLessThan(0.02);
  await trained.dispose();
});

describe("a search space", () => {
  const space = { rate: logBetween(1e-4, 1e-2), width: oneOf([8, 16]), beta1: between(0, 0.5) };

  test("draws within its ranges, evenly, by seed and index", () => {
    const draws = Array.from({ length: 200 }, (_, index) => drawOptions(space, { seed: 1, index }));
    const rates = draws.map(({ rate }) => rate as number);
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(1e-4);
    expect(Math.max(...rates)).toBeLessThanOrEqual(1e-2);
    // Half of them below the geometric middle.
    expect(Math.abs(rates.filter((r) => r < 1e-3).length - 100)).toBeLessThan(25);
    expect(new Set(draws.map(({ width }) => width))).toEqual(new Set([8, 16]));
    expect(drawOptions(space, { seed: 1, index: 3 })).toEqual(draws[3]);
    expect(drawOptions(space, { seed: 2, index: 3 })).not.toEqual(draws[3]);
  });

  test("a new option leaves the others as they were drawn", () => {
    const { more, ...rest } = drawOptions({ ...space, more: between(0, 1) }, { seed: 1, index: 5 });
    expect(more).toBeTypeOf("number");
    expect(rest).toEqual(drawOptions(space, { seed: 1, index: 5 }));
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  type Asked,
  buildGame,
  loadSystem,
  resolveConfig,
  systemIds,
} from "../../src/app/config.ts";
import { GanymedeError } from "../../src/core/errors.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { Sampler } from "../../src/train/sampler.ts";
import { type Snapshot, Trainer } from "../../src/train/trainer.ts";

const provider = await nodeCpu({ threads: 1 });

/** On its own data, or on those asked for. */
async function open(
  id: string,
  seed = 1,
  chunk = 2,
  asked: Pick<Asked, "data" | "dataOptions"> = {},
): Promise<Trainer> {
  const system = await loadSystem(id);
  const { config, source } = await resolveConfig({ system: id, options: system.tiny, ...asked });
  return new Trainer({ game: buildGame(system, config), source, provider, seed, chunk });
}

async function train(trainer: Trainer, steps: number) {
  const rows = [];
  while (trainer.step < steps) rows.push(...(await trainer.advance(steps)));
  return rows;
}

const bytes = (s: Snapshot) =>
  [...s.values].map(([name, v]) => [
    name,
    Buffer.from(v.data.buffer, v.data.byteOffset, v.data.byteLength).toString("base64"),
  ]);

/** Every system of the zoo, at its tiny size: adding a system adds its tests. */
describe.each(systemIds())("%s", (id) => {
  test("its header has the five keys, in order", () => {
    const file = readFileSync(new URL(`../../src/zoo/${id}.ts`, import.meta.url), "utf8");
    const keys = [...file.matchAll(/^ \* (Source|Shapes|Units|Throws|Differs) {2,}\S/gm)];
    expect(keys.map((m) => m[1])).toEqual(["Source", "Shapes", "Units", "Throws", "Differs"]);
  });

  test("its id is its file's name and every option is described", async () => {
    const system = await loadSystem(id);
    expect(system.id).toBe(id);
    for (const [name, schema] of Object.entries(system.options)) {
      expect((schema as { description?: string }).description, name).toBeTruthy();
    }
  });

  test("trains finitely; every player's parameters move; readings say what they are", async () => {
    const trainer = await open(id);
    const rows = await train(trainer, 8);
    expect(rows).toHaveLength(8);
    const { values } = await trainer.snapshot();
    // A bias may have no gradient at all: the one before a Wasserstein critic's score has none.
    const parameters = trainer.variables.all().filter((v) => v.name.endsWith(".weight"));
    expect(parameters.length).toBeGreaterThan(0);
    for (const { name } of parameters) {
      const first = trainer.variables.initialValue(name, 1);
      expect(values.get(name)!.data, name).not.toEqual(first);
    }
    for (const reading of Object.keys(rows.at(-1)!.values)) {
      const about = trainer.readings.get(reading);
      expect(about?.meaning, reading).toBeTruthy();
      expect(about?.unit, reading).toBeTruthy();
      expect(about?.healthy, reading).toBeDefined();
    }
    await trainer.dispose();
  });

  test.each([{ data: "ring8" }, { data: "mnist", dataOptions: { side: 16 } }])(
    "on $data it trains, or says what they lack",
    async (asked) => {
      const trained = async () => {
        const trainer = await open(id, 1, 1, asked);
        await trainer.advance(1);
        await trainer.dispose();
      };
      const error = await trained().catch((e: unknown) => e);
      if (error) expect(error).toBeInstanceOf(GanymedeError);
    },
  );

  test("one seed gives one run, whatever the chunks; another seed another", async () => {
    const results: unknown[] = [];
    for (const [seed, chunk] of [
      [1, 1],
      [1, 4],
      [2, 1],
    ] as const) {
      const trainer = await open(id, seed, chunk);
      await train(trainer, 8);
      results.push(bytes(await trainer.snapshot()));
      await trainer.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).not.toEqual(results[0]);
  });

  test("a restored run goes on bit-equal", async () => {
    const whole = await open(id);
    await train(whole, 8);
    const first = await open(id);
    await train(first, 4);
    const second = await open(id);
    second.restore(await first.snapshot());
    await train(second, 8);
    expect(bytes(await second.snapshot())).toEqual(bytes(await whole.snapshot()));
  });

  test("trains finitely in mixed precision", async () => {
    const system = await loadSystem(id);
    const { config, source } = await resolveConfig({ system: id, options: system.tiny });
    const game = buildGame(system, config);
    const options = { game, source, provider, seed: 1, chunk: 1 } as const;
    const trainer = new Trainer({ ...options, precision: "f16" });
    const rows = await train(trainer, 2);
    const scales = rows.flatMap(({ values }) =>
      Object.entries(values).filter(([name]) => name.endsWith(".lossScale")),
    );
    expect(scales.length).toBeGreaterThan(0);
    for (const [name, scale] of scales) expect(scale, name).toBeGreaterThan(1);
    await trainer.dispose();
  });

  test("samples have the field's shape and follow their seed", async () => {
    const system = await loadSystem(id);
    const { config } = await resolveConfig({ system: id, options: system.tiny });
    const trainer = await open(id);
    await train(trainer, 4);
    const sampler = new Sampler(buildGame(system, config), trainer.variables, provider, 4);
    const draw = (seed: number) => sampler.sample((n) => trainer.value(n), { count: 6, seed });
    const field = config.fields[buildGame(system, config).field]!;
    const items = await draw(3);
    expect(items).toHaveLength(6 * field.shape.reduce((a, b) => a * b, 1));
    expect(items.every(Number.isFinite)).toBe(true);
    expect(await draw(3)).toEqual(items);
    expect(await draw(4)).not.toEqual(items);
  });
});

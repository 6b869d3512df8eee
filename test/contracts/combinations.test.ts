import { describe, expect, test } from "vitest";
import { GanymedeError } from "../../src/core/errors.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { type Snapshot, Trainer } from "../../src/train/trainer.ts";
import { combinations, factors, fits, gameOf, pictures, refused } from "./_combination.ts";
import { pairsOf, type Row } from "./_covering.ts";

const provider = await nodeCpu({ threads: 1 });

const open = (row: Row) =>
  new Trainer({ game: gameOf(row), source: pictures, provider, seed: 1, chunk: 1 });

const moved = (name: string, from: Snapshot, to: Snapshot) =>
  [...to.values].some(
    ([key, { data }]) =>
      key.startsWith(`${name}.`) && data.some((v, i) => v !== from.values.get(key)?.data[i]),
  );

test("every pair of parts that go together is in some row", () => {
  for (const { a, at, b, bt } of pairsOf(factors, fits).values()) {
    expect(combinations.some((row) => row[a] === at && row[b] === bt)).toBe(true);
  }
});

/** `Trainer` throws NON_FINITE by itself where a value that lasts is not finite. */
describe("two steps of each row are finite and repeatable, and both sides move", () => {
  test.each(combinations.map((row) => [Object.values(row).join(" + "), row] as const))(
    "%s",
    async (_, row) => {
      const trainer = open(row);
      await trainer.advance(1);
      const first = await trainer.snapshot();
      await trainer.advance(2);
      const second = await trainer.snapshot();
      trainer.restore(first);
      await trainer.advance(2);
      expect(await trainer.snapshot()).toEqual(second);
      expect(moved("g", first, second)).toBe(true);
      expect(moved("d", first, second) || moved("trunk", first, second)).toBe(true);
      await trainer.dispose();
    },
  );
});

const first = Object.fromEntries(Object.entries(factors).map(([name, [level]]) => [name, level!]));
const wrong = [...pairsOf(factors, refused).values()].map(({ a, at, b, bt }) => ({
  ...first,
  [a]: at,
  [b]: bt,
}));

test("what does not go together is refused in words before the first step", async () => {
  expect(wrong.length).toBeGreaterThan(10);
  for (const row of wrong) {
    const error = await Promise.resolve()
      .then(() => open(row).advance(1))
      .then(
        () => undefined,
        (e: unknown) => e,
      );
    expect(error, Object.values(row).join(" + ")).toBeInstanceOf(GanymedeError);
    expect((error as GanymedeError).code).toBe("GAME");
  }
});

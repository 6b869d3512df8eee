import { afterAll, expect, test } from "vitest";
import { systemRun } from "../../test/system-run.ts";
import { conditionOf } from "./condition.ts";

const run = await systemRun("multi-label-gan", { labels: "attributes", by: "projection" });
afterAll(() => run.dispose());

test("labels by name, all others not", () => {
  expect(conditionOf(run, "big, red")).toEqual([1, -1, 1]);
  expect(conditionOf(run, "none")).toEqual([-1, -1, -1]);
  expect(() => conditionOf(run, "squares")).toThrow(
    /UNKNOWN_CLASS.*red, square, big.*mean square/s,
  );
});

test("all items have the labels that are asked for, and codes of their own", async () => {
  const ask = (condition: readonly number[]) => ({ seed: 3, count: 2, truncation: 0.5, condition });
  const wanted = conditionOf(run, "square");
  const { layout } = run.sampler;
  const codes = run.sampler.codes(ask(wanted));
  const part = layout.parts.find(({ name }) => name === "condition")!;
  const rows = [0, 1].map((i) => codes.subarray(i * layout.size, (i + 1) * layout.size));
  for (const row of rows) {
    expect([...row.subarray(part.from, part.from + part.size)]).toEqual([-1, 1, -1]);
  }
  expect(rows[0]).not.toEqual(rows[1]);
  const items = await run.sample(ask(wanted));
  expect(await run.sample(ask(conditionOf(run, "red,square")))).not.toEqual(items);
  expect(await run.sample({ seed: 0, count: 2, codes })).toEqual(items);
  // Drawn conditions lie between: a coin for each label, which falls on one side.
  expect(await run.sample(ask([-0.2, 0.9, -0.1]))).toEqual(items);
});

test("numbers in the data's units, as many as these have", async () => {
  const told = await systemRun("continuous-cgan-reg", { condition: "place", frequencies: 2 });
  expect(conditionOf(told, "0.25,1")).toEqual([-0.5, 1]);
  for (const text of ["0.25", "0.25,", "a,b"]) {
    expect(() => conditionOf(told, text)).toThrow(/OPTION.*2 numbers.*place/s);
  }
  await told.dispose();
});

test("a generator that is told nothing says so", async () => {
  const plain = await systemRun("dcgan", {});
  expect(() => conditionOf(plain, "red")).toThrow(/UNCONDITIONAL.*dcgan/s);
  await plain.dispose();
});

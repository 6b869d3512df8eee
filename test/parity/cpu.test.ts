import { expect, test } from "vitest";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import type { Provider } from "../../src/engine/run/provider.ts";
import { failuresOf, parity, parityNames } from "./_suite.ts";

// Operators on the CPU, case by case: test/contracts/op.test.ts.

const provider = await nodeCpu({ threads: 1 });

test.each(parityNames.systems)("%s trains as the reference does", async (name) => {
  const report = await parity(provider, { operators: [], systems: [name] });
  expect(failuresOf(report)).toEqual([]);
  expect(report.systems[name]!.cases).toBeGreaterThan(40);
  expect(report.runtime).toMatch(/^onnxruntime-node \d+\.\d+\.\d+$/);
});

/** Adds 1e-3 of itself to each result. */
const lying: Provider = {
  ...provider,
  create: async (model, request) => {
    const session = await provider.create(model, request);
    return {
      ...session,
      run: async (feeds) => {
        const results = await session.run(feeds);
        const entries = Object.entries(results).map(async ([name, value]) => {
          const data = (await value.data()).map((v) => v * 1.001);
          return [name, provider.value(value.dtype, value.shape, data)] as const;
        });
        return Object.fromEntries(await Promise.all(entries));
      },
    };
  },
};

test("a provider that is a thousandth off fails, and the cases are named", async () => {
  const report = await parity(lying, { operators: ["exp", "matmul"], systems: ["dcgan"] });
  expect(Object.keys(report.operators)).toEqual(["exp", "matmul"]);
  expect(report.operators.exp!.failures).toEqual([
    expect.stringMatching(/^case 0, \[\[2,3\]\] .*: error \S+, allowed 0.00001$/),
  ]);
  expect(report.operators.matmul!.failures.length).toBeGreaterThan(10);
  expect(report.systems.dcgan!.failures.length).toBeGreaterThan(10);
});

test("a provider that runs nothing fails, with its reason for each case", async () => {
  const dead: Provider = { ...provider, create: () => Promise.reject(new Error("no such kernel")) };
  const { operators, systems } = await parity(dead, { operators: ["exp"], systems: ["dcgan"] });
  expect(operators.exp!.failures).toEqual([expect.stringMatching(/^case 0.*: no such kernel$/)]);
  expect(systems.dcgan!.failures).toEqual(["no such kernel"]);
});

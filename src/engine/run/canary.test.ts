import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { canaryError, requireRight } from "./canary.ts";
import { nodeCpu } from "./node-cpu.ts";
import type { Provider, TypedArray } from "./provider.ts";

const cpu = await nodeCpu({ threads: 1 });

/** A provider whose results pass through `lie`. */
const lying = (lie: (name: string, data: TypedArray) => TypedArray): Provider => ({
  ...cpu,
  create: async (model, request) => {
    const session = await cpu.create(model, request);
    const told = async (feeds: Parameters<typeof session.run>[0]) => {
      const results = Object.entries(await session.run(feeds)).map(async ([name, value]) => {
        const data = lie(name, await value.data());
        return [name, cpu.value(value.dtype, value.shape, data)] as const;
      });
      return Object.fromEntries(await Promise.all(results));
    };
    return { run: told, dispose: () => session.dispose() };
  },
});

test("the CPU computes right, and the check is quick", async () => {
  await canaryError(cpu);
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const began = performance.now();
    expect(await canaryError(cpu)).toBeLessThan(1e-4);
    times.push(performance.now() - began);
  }
  expect(await requireRight(cpu)).toBe(cpu);
  // 50 ms on a quiet machine.
  expect(Math.min(...times)).toBeLessThan(250);
});

test.each([
  ["a convolution that is off in one place", "y"],
  ["a sum that is off in one place", "total"],
])("%s is refused", async (_, wrong) => {
  const liar = lying((name, data) => {
    const copy = Float32Array.from(data);
    if (name === wrong) copy[3]! += 0.1;
    return copy;
  });
  await expect(requireRight(liar)).rejects.toMatchObject({
    code: "PROVIDER_WRONG",
    fault: { where: expect.stringContaining("node-cpu"), fix: expect.stringContaining("--device") },
  });
});

test("NaN and too few results are refused", async () => {
  const nan = lying((_, data) => Float32Array.from(data, () => Number.NaN));
  await expect(requireRight(nan)).rejects.toMatchObject({ code: "PROVIDER_WRONG" });
  const blank = { ...cpu, target: { provider: "cpu", nchwcBlock: 8 } as const };
  const error = await canaryError(blank).catch(() => Number.POSITIVE_INFINITY);
  // A block that is not this machine's gives wrong numbers, or does not run; its own is right.
  expect(error < 1e-3).toBe(cpu.target.nchwcBlock === 8);
});

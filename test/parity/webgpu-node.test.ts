import { describe, expect, test } from "vitest";
import { findGpu, keepReport, parityOf } from "./_node.ts";
import { type Agreement, type ParityReport, parityNames } from "./_suite.ts";

const gpu = await findGpu();
const names = [...parityNames.operators, ...parityNames.systems];
const missing = "missing" in gpu ? gpu.missing : undefined;
if (missing !== undefined) {
  console.warn(`WebGPU in Node: ${names.length + 1} tests skipped: ${missing}`);
}

/** In software, compiling shaders on a busy machine takes minutes. */
const patience = 900_000;

describe.skipIf(missing !== undefined)("WebGPU in Node", () => {
  const arrivals = new Map<string, (agreement: Agreement) => void>();
  const agreements = new Map<string, Promise<Agreement>>();
  for (const name of names) {
    agreements.set(name, new Promise((resolve) => arrivals.set(name, resolve)));
  }
  // One process for all: shaders that operators share are compiled once.
  const whole: Promise<ParityReport> =
    "missing" in gpu
      ? new Promise(() => {})
      : parityOf("webgpu", gpu.env, (name, agreement) => arrivals.get(name)!(agreement));
  whole.catch(() => {});

  test.each(names)("%s agrees with the reference", { timeout: patience }, async (name) => {
    const agreement = await Promise.race([agreements.get(name)!, whole.then(() => undefined)]);
    expect(agreement?.failures).toEqual([]);
    expect(agreement!.cases).toBeGreaterThan(agreement!.leftOut.length);
  });

  test("the report is of all of them", { timeout: patience }, async () => {
    const report = await whole;
    expect(report.provider).toBe("node-webgpu");
    expect(Object.keys(report.operators)).toEqual(parityNames.operators);
    expect(Object.keys(report.systems)).toEqual(parityNames.systems);
    if (!("missing" in gpu)) keepReport({ ...report, adapter: gpu.adapter });
  });
});

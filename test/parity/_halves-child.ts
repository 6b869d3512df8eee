import { writeSync } from "node:fs";
import { GanymedeError } from "../../src/core/errors.ts";
import { records } from "../../src/engine/ops/_registry.ts";
import { withHalves } from "../../src/engine/run/halves.ts";
import { nodeWebgpu } from "../../src/engine/run/node-webgpu.ts";
import { type Case, providerError, trace } from "../contracts/op.ts";

export type HalvesReport =
  | { readonly refused: { readonly code: string; readonly got: string } }
  | { readonly failures: readonly string[] };

/** A sum of a few hundred halves, added as halves, in a derivative of a derivative. */
const allowed = 0.02;

/** Whether the device has float16, and every operator that is written for it there. */
async function report(): Promise<HalvesReport> {
  try {
    const provider = await withHalves(nodeWebgpu());
    const failures: string[] = [];
    for (const record of records.filter((r) => r.precision)) {
      for (const [i, c] of record.cases.entries()) {
        const traced = trace(record, c as Case, i, { precision: "f16" });
        const error = await providerError(traced, provider).catch(String);
        if (typeof error === "number" && error < allowed) continue;
        failures.push(`${record.name}, case ${i}: ${error}`);
      }
    }
    return { failures };
  } catch (error) {
    if (!(error instanceof GanymedeError)) throw error;
    return { refused: { code: error.code, got: error.fault.got } };
  }
}

writeSync(1, JSON.stringify(await report()));
// What the driver's threads do at an orderly end is none of the suite's business.
process.exit(0);

/**
 * Compares a device with the float64 reference, operator by operator, and keeps the report for
 * docs/operators.md: `npm run parity -- --provider node-webgpu`. Fails when something disagrees.
 */
import { parseArgs } from "node:util";
import { findGpu, keepReport, parityOf } from "../test/parity/_node.ts";
import { failuresOf } from "../test/parity/_suite.ts";

const { values } = parseArgs({ options: { provider: { type: "string", default: "node-cpu" } } });
const device = values.provider.replace(/^node-/, "");
const gpu = device === "webgpu" ? await findGpu() : { adapter: undefined, env: process.env };
if ("missing" in gpu) {
  console.error(`WebGPU does not start: ${gpu.missing}`);
  process.exit(1);
}
const report = await parityOf(device, gpu.env, (name, { cases, error, failures }) => {
  const result = failures.length === 0 ? error.toExponential(1) : failures.join("\n  ");
  console.log(`${name}: ${cases} compared, ${result}`);
});
keepReport({ ...report, ...(gpu.adapter && { adapter: gpu.adapter }) });
process.exit(failuresOf(report).length === 0 ? 0 : 1);

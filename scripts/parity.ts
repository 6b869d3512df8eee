/**
 * Compares a provider with the float64 reference, operator by operator, and keeps the report for
 * docs/operators.md: `npm run parity -- --provider node-webgpu`, or web-wasm and web-webgpu, which run
 * in Chromium. Fails when something disagrees.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { findGpu, keepReport, parityOf } from "../test/parity/_node.ts";
import { failuresOf } from "../test/parity/_suite.ts";

process.env.GANYMEDE_PARITY = "record";
const { values } = parseArgs({ options: { provider: { type: "string", default: "node-cpu" } } });
const [place, device = ""] = values.provider.split("-");
process.exit(place === "web" ? inBrowser() : await inNode());

function inBrowser(): number {
  const asked = ["vitest", "run", "test/web/parity.test.ts", "-t", device];
  return spawnSync("npx", asked, { stdio: "inherit" }).status ?? 1;
}

async function inNode(): Promise<number> {
  const gpu = device === "webgpu" ? await findGpu() : { adapter: undefined, env: process.env };
  if ("missing" in gpu) {
    console.error(`WebGPU does not start: ${gpu.missing}`);
    return 1;
  }
  const report = await parityOf(device, gpu.env, (name, { cases, error, failures }) => {
    const result = failures.length === 0 ? error.toExponential(1) : failures.join("\n  ");
    console.log(`${name}: ${cases} compared, ${result}`);
  });
  keepReport({ ...report, ...(gpu.adapter && { adapter: gpu.adapter }) });
  return failuresOf(report).length === 0 ? 0 : 1;
}

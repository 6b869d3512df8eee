import { writeSync } from "node:fs";
import type { DeviceName } from "../../src/engine/run/device-names.ts";
import { openProvider } from "../../src/engine/run/devices.ts";
import type { Line } from "./_node.ts";
import { parity } from "./_suite.ts";

const say = (line: Line) => writeSync(1, `${JSON.stringify(line)}\n`);

const provider = await openProvider({ device: process.argv[2] as DeviceName, threads: 1 });
const onDone = (name: string, agreement: Extract<Line, { name: string }>["agreement"]) =>
  say({ name, agreement });
say({ report: await parity(provider, { onDone }) });
// What the driver's threads do at an orderly end is none of the suite's business.
process.exit(0);

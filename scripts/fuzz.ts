/**
 * Reads damaged files of every kind: `npm run fuzz -- [--inputs n]`. Each must end in a read or in a
 * coded error, within 5 s and 1 GiB, and leave nothing outside its folder. Exits 1 when one does not.
 */
import { parseArgs } from "node:util";
import { fuzz } from "../test/fuzz/fuzz.ts";

const { values: flags } = parseArgs({
  options: {
    inputs: { type: "string", default: "1000" },
    verbose: { type: "boolean", default: false },
  },
});
const say = flags.verbose ? console.log : undefined;
const harm = await fuzz({ inputs: Number(flags.inputs), patience: 5000, ...(say && { say }) });
const { inputs, ends, peak, slowest, faults } = harm;
for (const fault of faults) console.log(`FAULT ${fault}`);
console.log(
  Object.entries(ends)
    .map(([end, n]) => `${end} ${n}`)
    .join(", "),
);
console.log(
  `${inputs} inputs, ${faults.length} faults; slowest ${Math.round(slowest)} ms, ` +
    `${Math.round(peak / 2 ** 20)} MiB at most`,
);
process.exit(faults.length === 0 ? 0 : 1);

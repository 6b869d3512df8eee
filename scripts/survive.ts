/**
 * Kills training again and again and looks at what is left: `npm run survive -- [--kills n]
 * [--steps n]`. A third of the kills are aimed at a checkpoint that is being written, the others come
 * at any moment. Every run must then go on from its last checkpoint and end byte for byte as one that
 * was left alone. Exits 1 when one does not.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { massacre } from "../test/survival/kills.ts";

const { values: flags } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    steps: { type: "string", default: "600" },
  },
});
const out = mkdtempSync(join(tmpdir(), "ganymede-survive-"));
const wanted = { kills: Number(flags.kills), steps: Number(flags.steps) };
const { kills, insideWrites, runs, faults } = await massacre(out, wanted, console.log);
rmSync(out, { recursive: true });
for (const fault of faults) console.log(`FAULT ${fault}`);
console.log(
  `${kills} kills of ${runs} runs, ${insideWrites} inside the write of a file: ` +
    (faults.length === 0 ? "every run went on and ended bit-equal" : `${faults.length} faults`),
);
process.exitCode = faults.length === 0 ? 0 : 1;

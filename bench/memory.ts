/**
 * Resident memory over 2,000 training steps: `npm run bench:memory`. Prints one line each 100 steps,
 * then the largest deviation after warm-up (step 500) from the level there, and writes
 * bench/results/memory.json.
 */
import { fileURLToPath } from "node:url";
import { buildGame, loadSystem, resolveConfig } from "../src/app/config.ts";
import { writeAtomic } from "../src/core/files.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import { Trainer } from "../src/train/trainer.ts";

const [steps, warm, every] = [2000, 500, 100];
const options = { width: 16, batch: 32 };
const system = await loadSystem("dcgan");
const { config, source } = await resolveConfig({ system: "dcgan", options });
const game = buildGame(system, config);
const provider = await nodeCpu({ threads: 2 });
const trainer = new Trainer({ game, source, provider, seed: 0, chunk: system.chunk });

const samples: { step: number; mib: number }[] = [];
while (trainer.step < steps) {
  await trainer.advance(steps);
  if (trainer.step % every !== 0) continue;
  const mib = process.memoryUsage().rss / 2 ** 20;
  samples.push({ step: trainer.step, mib });
  console.log(`step ${trainer.step}  ${mib.toFixed(0)} MiB`);
}
const level = samples.find((s) => s.step >= warm)!.mib;
const after = samples.filter((s) => s.step > warm);
const deviation = Math.max(...after.map((s) => Math.abs(s.mib / level - 1)));
console.log(`largest deviation after step ${warm}: ${(100 * deviation).toFixed(1)} %`);
const file = fileURLToPath(new URL("./results/memory.json", import.meta.url));
const record = { date: new Date().toISOString().slice(0, 10), options, warm, deviation, samples };
writeAtomic(file, `${JSON.stringify(record, null, 2)}\n`);
process.exit(0);

/**
 * Memory over 10,000 training steps: `npm run bench:memory -- --device cpu --steps 10000`. Prints a line
 * every so often: resident memory, and values that the trainer holds in the device's memory. Then the
 * largest deviation after warm-up (a tenth of the steps) from the level there; bench/results/memory.json
 * gets the record of this device, the others stay. On WebGPU in software a tiny net is trained.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildGame, loadSystem, resolveConfig } from "../src/app/config.ts";
import { writeAtomic } from "../src/core/files.ts";
import type { DeviceName } from "../src/engine/run/device-names.ts";
import { openProvider } from "../src/engine/run/devices.ts";
import type { Provider, Value } from "../src/engine/run/provider.ts";
import { Trainer } from "../src/train/trainer.ts";

const { values: given } = parseArgs({
  options: {
    device: { type: "string", default: "cpu" },
    steps: { type: "string", default: "10000" },
    system: { type: "string", default: "dcgan" },
    /** Options of the system, as JSON. */
    options: { type: "string", default: '{"width":16,"batch":32}' },
    /** Milliseconds; what has been measured by then is written. */
    budget: { type: "string", default: "3600000" },
  },
});
const steps = Number(given.steps);
const every = Math.ceil(steps / 40);
const options = JSON.parse(given.options) as Record<string, unknown>;

/** Counts results that stay on the device until somebody disposes of them. */
function counted(provider: Provider): { provider: Provider; held: () => number } {
  const held = new Set<Value>();
  const keep = (value: Value): Value => {
    const dispose = value.dispose;
    held.add(value);
    return Object.assign(value, {
      dispose: () => {
        held.delete(value);
        dispose();
      },
    });
  };
  const create: Provider["create"] = async (model, request = {}) => {
    const session = await provider.create(model, request);
    const stays = new Set(request.resident);
    return {
      dispose: () => session.dispose(),
      run: async (feeds) => {
        const results = await session.run(feeds);
        for (const [name, value] of Object.entries(results)) if (stays.has(name)) keep(value);
        return results;
      },
    };
  };
  return { provider: { ...provider, create }, held: () => held.size };
}

const system = await loadSystem(given.system);
const { config, source } = await resolveConfig({ system: given.system, options });
const game = buildGame(system, config);
const request = { device: given.device as DeviceName, threads: 1 };
const { provider, held } = counted(await openProvider(request));
const trainer = new Trainer({ game, source, provider, seed: 0, chunk: system.chunk });

const samples: { step: number; mib: number; held: number }[] = [];
const began = performance.now();
while (trainer.step < steps && performance.now() - began < Number(given.budget)) {
  const from = trainer.step;
  await trainer.advance(steps);
  if (Math.floor(trainer.step / every) === Math.floor(from / every)) continue;
  const mib = Math.round(10 * (process.memoryUsage().rss / 2 ** 20)) / 10;
  samples.push({ step: trainer.step, mib, held: held() });
  console.log(`step ${trainer.step}  ${mib.toFixed(0)} MiB  ${held()} values held`);
}
const warm = trainer.step / 10;
const level = samples.find((s) => s.step >= warm)!.mib;
const after = samples.filter((s) => s.step >= warm);
const deviation = Math.max(...after.map((s) => Math.abs(s.mib / level - 1)));
console.log(`largest deviation after step ${warm}: ${(100 * deviation).toFixed(1)} %`);
const file = fileURLToPath(new URL("./results/memory.json", import.meta.url));
const others = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as object) : {};
const record = {
  date: new Date().toISOString().slice(0, 10),
  runtime: provider.runtime,
  system: given.system,
  options,
  steps: trainer.step,
  warm,
  deviation,
  held: [...new Set(after.map((s) => s.held))],
  samples,
};
writeAtomic(file, `${JSON.stringify({ ...others, [provider.id]: record }, null, 2)}\n`);
process.exit(0);

/** One training of bench/forecast.ts in a process of its own: what it was told to hold, and what it held. */
import { fileURLToPath } from "node:url";
import { buildGame, loadSystem, resolveConfig } from "../src/app/config.ts";
import { requireMemory } from "../src/app/memory.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import { Trainer } from "../src/train/trainer.ts";

export interface Training {
  readonly system: string;
  readonly data?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly chunk?: number;
}

export interface ForecastPoint extends Training {
  readonly predictedMib: number;
  /** The most that the process held, by the operating system. */
  readonly heldMib: number;
  readonly stateMib: number;
}

/** Calls that are made: by then a first garbage collection has come. */
const calls = 12;

async function measure({ chunk, ...asked }: Training): Promise<ForecastPoint> {
  const { config, source } = await resolveConfig({ ...asked, steps: 100_000, seed: 0 });
  const system = await loadSystem(asked.system);
  const game = buildGame(system, config);
  const provider = await nodeCpu({ threads: 2 });
  const each = chunk ?? system.chunk;
  const trainer = new Trainer({ game, source, provider, seed: 0, chunk: each });
  const forecast = await requireMemory({ config, source, provider, trainer });
  for (let i = 0; i < calls; i++) await trainer.advance(trainer.step + each);
  const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
  return {
    ...asked,
    ...(chunk && { chunk }),
    predictedMib: mib(forecast!.processBytes),
    heldMib: mib(process.resourceUsage().maxRSS * 1024),
    stateMib: mib(forecast!.stateBytes),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await measure(JSON.parse(process.argv[2]!) as Training)));
  process.exit(0);
}

import { totalmem } from "node:os";
import { GanymedeError } from "../core/errors.ts";
import type { Source } from "../data/source.ts";
import type { Provider } from "../engine/run/provider.ts";
import type { MemoryForecast } from "../train/forecast.ts";
import { Trainer } from "../train/trainer.ts";
import { buildGame, loadSystem, type RunConfig } from "./config.ts";

/**
 * Bytes that a process of `held` bytes may still take. Pages of files give way, in a container as on
 * macOS, whose count of free memory leaves them out: there the limit itself counts.
 */
export function memoryLeft(held: number): number {
  const limit = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  const isWhole = limit === totalmem() && process.platform !== "darwin";
  return isWhole ? process.availableMemory() : limit - held;
}

const mib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

export interface MemoryQuestion {
  readonly config: RunConfig;
  readonly source: Source;
  readonly provider: Provider;
  readonly trainer: Trainer;
}

/**
 * What training will hold at its peak, before its first step. Undefined where memory is a device's: its
 * driver says what it has. Throws `MEMORY` when that is more than may still be taken (`given`, else what
 * the system says), with the batch that fits.
 */
export async function requireMemory(
  { config, source, provider, trainer }: MemoryQuestion,
  given?: number,
): Promise<MemoryForecast | undefined> {
  if (provider.target.provider !== "cpu") return undefined;
  const held = process.memoryUsage().rss;
  const left = given ?? memoryLeft(held);
  const forecast = trainer.forecast(config.steps, held);
  if (forecast.processBytes <= held + left) return forecast;
  const fits = await batchThatFits({ config, source, provider, trainer }, { held, left });
  throw new GanymedeError("MEMORY", {
    where: `${config.system}, batch ${config.options.batch ?? "fixed"}`,
    expected: `training in the ${mib(held + left)} that this process can have`,
    got: `${mib(forecast.processBytes)}, by the step's graph`,
    fix: fits
      ? `choose --batch ${fits}`
      : "choose narrower nets or smaller images: no smaller batch fits either",
  });
}

/** The largest batch below the one asked for, of those that halving and then bisection try, that fits. */
async function batchThatFits(
  { config, source, provider, trainer: { chunk } }: MemoryQuestion,
  { held, left }: { readonly held: number; readonly left: number },
): Promise<number | undefined> {
  const system = await loadSystem(config.system);
  const { seed, precision = "f32" } = config;
  const asked = config.options.batch;
  if (typeof asked !== "number") return undefined;
  const fits = (batch: number) => {
    const game = buildGame(system, { ...config, options: { ...config.options, batch } });
    const trainer = new Trainer({ game, source, provider, seed, chunk, precision });
    return trainer.forecast(config.steps, held).processBytes <= held + left;
  };
  let [good, bad] = [Math.floor(asked / 2), asked];
  while (good >= 1 && !fits(good)) [good, bad] = [Math.floor(good / 2), good];
  if (good < 1) return undefined;
  for (let tries = 0; tries < 4 && bad - good > 1; tries++) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

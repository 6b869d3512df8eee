import {
  type Asked,
  dataOptions,
  loadData,
  loadSystem,
  type RunConfig,
  settingsOf,
  systemOptions,
} from "./config.ts";
import { requireSame, requireSameAll, requireSameModel } from "./match.ts";

/**
 * The configuration with which a stored run goes on. What was asked for must be what the run has; only
 * settings may differ, which are not part of the model, and the batch. Throws `CHECKPOINT_MISMATCH`
 * naming the first difference, `OPTION`, `UNKNOWN_OPTION` or `UNKNOWN_METRIC`.
 */
export async function resumeConfig(
  path: string,
  stored: RunConfig,
  asked: Omit<Asked, "preset">,
): Promise<RunConfig> {
  const { system: id, options: givenOptions, data, dataOptions: givenData, ...rest } = asked;
  requireSame(path, "system", stored.system, id);
  const system = await loadSystem(stored.system);
  const options = systemOptions(system, { ...stored.options, ...givenOptions });
  requireSameModel(path, stored.options, options);
  const named = await loadData(data ?? stored.data.source, givenData);
  requireSame(path, "data", stored.data.source, named.definition.id);
  const given = dataOptions(named.definition, { ...stored.data.options, ...named.options });
  requireSameAll(path, "data.", stored.data.options, given);
  const settings = settingsOf(rest);
  requireSame(path, "seed", stored.seed, settings.seed ?? stored.seed);
  const batches = [...(stored.earlierBatches ?? []), stored.options.batch];
  const isOther = options.batch !== stored.options.batch;
  return { ...stored, options, ...settings, ...(isOther && { earlierBatches: batches }) };
}

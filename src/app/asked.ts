import { isDeepStrictEqual } from "node:util";
import { GanymedeError } from "../core/errors.ts";
import type { Opening, Source } from "../data/source.ts";
import { RunFolder } from "../train/run-folder.ts";
import { type Asked, type RunConfig, resolveConfig } from "./config.ts";
import { readRunConfig, type Settings, settingShape } from "./run-config.ts";

/** `over` wins, name by name: options of the system, of the same data, and groups of settings too. */
export function mergeAsked(base: Partial<Asked>, over: Partial<Asked>): Partial<Asked> {
  const isSameData = over.data === undefined || over.data === base.data;
  const below = isSameData ? base : { ...base, dataOptions: undefined };
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(over)) {
    if (value !== undefined) merged[name] = mergeValue(merged[name], value);
  }
  return merged;
}

const mergeValue = (base: unknown, over: unknown): unknown =>
  isRecord(base) && isRecord(over) ? { ...base, ...over } : over;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What to ask for to get a configuration again: without what a run notes of itself. */
export function askedOf(config: RunConfig): Asked {
  const { system, options, data } = config;
  const isSetting = ([name]: [string, unknown]) => Object.hasOwn(settingShape, name);
  const settings: Settings = Object.fromEntries(Object.entries(config).filter(isSetting));
  return { system, options, data: data.source, dataOptions: data.options, ...settings };
}

/**
 * The configuration of a stored run for a new one, bit for bit the same unless `changes` says
 * otherwise. Throws `NOT_REPEATABLE` for a run that was changed on the way, `DATA_CHANGED` when the
 * data are no longer of the same form, and as `resolveConfig`.
 *
 * @param path of the run's folder, or of its run.json
 */
export async function repeatConfig(
  path: string,
  changes: Partial<Asked> = {},
  opening?: Opening,
): Promise<{ config: RunConfig; source: Source }> {
  const stored = readRunConfig(RunFolder.open(path.replace(/[\\/]?run\.json$/, "") || "."));
  requireRepeatable(path, stored);
  const asked = mergeAsked(askedOf(stored), changes) as Asked;
  const resolved = await resolveConfig(asked, opening);
  const { data, fields } = resolved.config;
  const isSame = isDeepStrictEqual(
    [data.source, data.options],
    [stored.data.source, stored.data.options],
  );
  if (!isSame || isDeepStrictEqual(fields, stored.fields)) return resolved;
  throw new GanymedeError("DATA_CHANGED", {
    where: `data ${data.source}`,
    expected: `the fields that ${path} was trained on: ${JSON.stringify(stored.fields)}`,
    got: JSON.stringify(fields),
    fix: "restore the data, or start a run of these with a configuration of its own",
  });
}

/** What was changed by hand on the way is not in the settings. */
function requireRepeatable(path: string, config: RunConfig): void {
  const { earlierBatches, earlierData, frozen, rateCuts, options } = config;
  const isCut = rateCuts?.some(({ failedAt }) => failedAt === undefined);
  const change =
    (earlierBatches && `batches of ${[...earlierBatches, options.batch].join(", then ")}`) ||
    (earlierData && `first steps on ${earlierData.map(({ source }) => source).join(", then ")}`) ||
    (frozen && `${frozen.join(", ")} frozen on the way`) ||
    (isCut && "learning rates cut by --rate-scale");
  if (!change) return;
  throw new GanymedeError("NOT_REPEATABLE", {
    where: path,
    expected: "a run that was not changed when it was resumed",
    got: `one with ${change}`,
    fix: "begin a run with settings of its own, by --config or flags",
  });
}

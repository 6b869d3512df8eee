import { GanymedeError } from "../core/errors.ts";
import { sameShape } from "../engine/ir/type.ts";
import type { Game } from "../gan/game.ts";
import { Variables } from "../nn/variables.ts";
import type { CheckpointInfo } from "../train/checkpoint.ts";
import { traceTicks } from "../train/step.ts";
import type { Snapshot } from "../train/trainer.ts";
import {
  type Asked,
  dataOptions,
  loadData,
  loadSystem,
  type RunConfig,
  settingsOf,
  systemOptions,
} from "./config.ts";

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

/** Whether a checkpoint is of this configuration. Throws `CHECKPOINT_MISMATCH`. */
export function requireMatch(
  path: string,
  config: RunConfig,
  game: Game,
  { info, snapshot }: { info: CheckpointInfo; snapshot: Snapshot },
): void {
  requireSame(path, "system", info.system, config.system);
  requireSameModel(path, info.options as Record<string, unknown>, config.options);
  requireSame(path, "seed", info.seed, config.seed);
  if (info.step > config.steps) {
    const done = `at least the ${info.step} that are done`;
    throw mismatch(path, "steps", done, config.steps, "ask for more steps");
  }
  requireVariables(path, game, config, snapshot);
}

/** Every stored tensor must be a variable of the game. Those of players yet to move are not stored. */
function requireVariables(path: string, game: Game, config: RunConfig, snapshot: Snapshot): void {
  const everybody = game.players.flatMap((p) => [
    p.name,
    ...(p.terms ?? []).map((t) => `${p.name}/${t.id}`),
  ]);
  const variables = new Variables();
  // In mixed precision there are all variables that there can be: a run may change between the two.
  traceTicks(game, variables, config.fields, [new Set(everybody)], { precision: "f16" });
  for (const [name, { shape }] of snapshot.values) {
    const known = variables.get(name);
    if (known && sameShape(known.shape, shape)) continue;
    const expected = known ? `${name} of shape [${known.shape}]` : "no such tensor in this system";
    throw mismatch(path, name, expected, `${name} of shape [${shape}]`);
  }
}

/** The batch is no part of the model: positions, schedules and averages count images. */
function requireSameModel(
  path: string,
  { batch: _, ...stored }: Readonly<Record<string, unknown>>,
  { batch: __, ...given }: Readonly<Record<string, unknown>>,
): void {
  requireSameAll(path, "", stored, given);
}

function requireSameAll(
  path: string,
  prefix: string,
  stored: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): void {
  for (const name of new Set([...Object.keys(stored), ...Object.keys(given)])) {
    requireSame(path, prefix + name, stored[name], given[name]);
  }
}

function requireSame(path: string, name: string, stored: unknown, given: unknown): void {
  if (JSON.stringify(stored) === JSON.stringify(given)) return;
  throw mismatch(path, name, show(stored), show(given));
}

const show = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");

function mismatch(
  path: string,
  name: string,
  expected: string,
  got: unknown,
  fix = `leave ${name} as it was (the batch may change, steps may grow), or start a new run`,
): GanymedeError {
  return new GanymedeError("CHECKPOINT_MISMATCH", {
    where: `${name} of ${path}`,
    expected,
    got: String(got),
    fix,
  });
}

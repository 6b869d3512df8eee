import { GanymedeError } from "../core/errors.ts";
import { sameShape } from "../engine/ir/type.ts";
import type { Precision } from "../engine/passes/autocast.ts";
import type { Game } from "../gan/game.ts";
import { Variables } from "../nn/variables.ts";
import type { CheckpointInfo } from "../train/checkpoint.ts";
import { traceTicks } from "../train/step.ts";
import type { Snapshot } from "../train/trainer.ts";
import type { RunConfig } from "./run-config.ts";

type Configured = Pick<RunConfig, "system" | "options" | "seed" | "steps" | "fields">;
type CheckpointOf = Pick<CheckpointInfo, "system" | "options" | "seed" | "step">;

/** Whether a checkpoint is of this configuration. Throws `CHECKPOINT_MISMATCH`. */
export function requireMatch(
  path: string,
  config: Configured,
  game: Game,
  { info, snapshot }: { info: CheckpointOf; snapshot: Snapshot },
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
function requireVariables(path: string, game: Game, config: Configured, snapshot: Snapshot): void {
  // In mixed precision there are all variables that there can be: a run may change between the two.
  const variables = variablesOf(game, config.fields, "f16");
  for (const [name, { shape }] of snapshot.values) {
    const known = variables.get(name);
    if (known && sameShape(known.shape, shape)) continue;
    const expected = known ? `${name} of shape [${known.shape}]` : "no such tensor in this system";
    throw mismatch(path, name, expected, `${name} of shape [${shape}]`);
  }
}

/** All that a game keeps once everybody has moved. */
export function variablesOf(
  game: Game,
  fields: Configured["fields"],
  precision: Precision = "f32",
): Variables {
  const everybody = game.players.flatMap((p) => [
    p.name,
    ...(p.terms ?? []).map((t) => `${p.name}/${t.id}`),
  ]);
  const variables = new Variables();
  traceTicks(game, variables, fields, [new Set(everybody)], { precision });
  return variables;
}

/** The batch is no part of the model: positions, schedules and averages count images. */
export function requireSameModel(
  path: string,
  { batch: _, ...stored }: Readonly<Record<string, unknown>>,
  { batch: __, ...given }: Readonly<Record<string, unknown>>,
): void {
  requireSameAll(path, "", stored, given);
}

export function requireSameAll(
  path: string,
  prefix: string,
  stored: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): void {
  for (const name of new Set([...Object.keys(stored), ...Object.keys(given)])) {
    requireSame(path, prefix + name, stored[name], given[name]);
  }
}

export function requireSame(path: string, name: string, stored: unknown, given: unknown): void {
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

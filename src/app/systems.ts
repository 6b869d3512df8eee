import { GanymedeError, nearest } from "../core/errors.ts";
import { parseOptions } from "../core/options.ts";
import { freezing } from "../gan/freeze.ts";
import type { Game } from "../gan/game.ts";
import type { System } from "../gan/system.ts";
import { catalog as systems } from "../zoo/_catalog.ts";
import type { RunConfig } from "./run-config.ts";

/** Throws `UNKNOWN_SYSTEM` with the nearest name. */
export const loadSystem = (id: string): Promise<System> =>
  loadNamed("system", id, systems as unknown as Record<string, () => Promise<System>>);

export const systemIds = (): string[] => Object.keys(systems);

export const systemOptions = (system: System, given: unknown): Record<string, unknown> =>
  parseOptions(`system ${system.id}`, system.options, given);

export function buildGame(
  system: System,
  { options, fields, frozen = [] }: Pick<RunConfig, "options" | "fields" | "frozen">,
): Game {
  const game = system.build(options as never, { fields });
  return frozen.length > 0 ? freezing(game, frozen) : game;
}

/** Throws `UNKNOWN_PRESET` with the nearest name. */
export function presetOf(system: System, name: string | undefined) {
  if (name === undefined) return undefined;
  const presets = system.presets ?? {};
  if (Object.hasOwn(presets, name)) return presets[name];
  throw unknown("preset", name, Object.keys(presets));
}

/** What a catalogue has under a name. Throws `UNKNOWN_…` with the nearest one. */
export async function loadNamed<T>(
  kind: string,
  id: string,
  from: Record<string, () => Promise<T>>,
): Promise<T> {
  const entry = Object.hasOwn(from, id) ? from[id] : undefined;
  if (entry) return entry();
  throw unknown(kind, id, Object.keys(from));
}

function unknown(kind: string, id: string, known: readonly string[]): GanymedeError {
  const close = nearest(id, known);
  return new GanymedeError(`UNKNOWN_${kind.toUpperCase()}`, {
    where: kind,
    expected: known.length > 0 ? `one of ${known.join(", ")}` : "none, there are none here",
    got: id,
    fix: close === undefined ? "choose one of those" : `did you mean ${close}?`,
  });
}

import { GanymedeError, nearest } from "../core/errors.ts";
import { parseOptions } from "../core/options.ts";
import { sourceForPath } from "../data/open-path.ts";
import type { Field, Opening, Source, SourceDefinition } from "../data/source.ts";
import { catalog as sources } from "../data/sources/_catalog.ts";
import type { Game } from "../gan/game.ts";
import type { System } from "../gan/system.ts";
import type { Cadence } from "../train/loop.ts";
import { period } from "../train/plan.ts";
import { catalog as systems } from "../zoo/_catalog.ts";
import type { RecordedCut, Rollback } from "./recovery.ts";

/** What a user asked for; all but the system has a default. */
export interface Asked {
  readonly system: string;
  readonly preset?: string | undefined;
  readonly data?: string | undefined;
  /** Options of the system, by name. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Options of the data source, by name. */
  readonly dataOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly seed?: number | undefined;
  readonly steps?: number | undefined;
  readonly threads?: number | undefined;
  readonly minutes?: number | undefined;
  readonly chunk?: number | undefined;
  readonly measure?: RunConfig["measure"] | undefined;
  readonly onNonFinite?: RunConfig["onNonFinite"] | undefined;
}

/** The resolved configuration: plain JSON, enough to repeat the run, stored as run.json. */
export interface RunConfig {
  readonly system: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly data: {
    readonly source: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly about: Source["about"];
  };
  /** The fields of the data, so that sampling and exporting never need the data. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly seed: number;
  readonly steps: number;
  /** Threads of one operator; all cores when absent. May change on resume. */
  readonly threads?: number;
  /** Ends the run after this time, whatever is left of its steps. */
  readonly minutes?: number;
  /** Ticks per call of the runtime; the system's own when absent. Does not change the result. */
  readonly chunk?: number;
  /** Metrics to take on the way: which, at every how many images, of how many samples. */
  readonly measure?: {
    readonly metrics: readonly string[];
    readonly everyImages: number;
    readonly samples: number;
  };
  /** When a number is not finite: stop, as when absent, or go back to a checkpoint, slower. */
  readonly onNonFinite?: "stop" | Rollback;
  /** Where learning rates were cut. Written by the run itself, kept on resume. */
  readonly rateCuts?: readonly RecordedCut[];
}

/** Steps of a run that names neither steps nor a preset. */
const defaultSteps = 2000;

/**
 * Fills in and checks everything; opens the data to learn their fields. Throws `UNKNOWN_SYSTEM`,
 * `UNKNOWN_PRESET`, `UNKNOWN_DATA`, `UNKNOWN_OPTION`, `OPTION` or what the data source throws.
 */
export async function resolveConfig(
  asked: Asked,
  opening?: Opening,
): Promise<{ config: RunConfig; source: Source }> {
  const system = await loadSystem(asked.system);
  const preset = presetOf(system, asked.preset);
  const options = systemOptions(system, { ...preset?.options, ...asked.options });
  const { definition, options: given } = await loadData(
    asked.data ?? system.data,
    asked.dataOptions,
  );
  const source = await definition.open(given, opening);
  const minutes = asked.minutes ?? preset?.minutes;
  const config: RunConfig = {
    system: system.id,
    options,
    data: {
      source: definition.id,
      options: dataOptions(definition, given),
      about: source.about,
    },
    fields: source.fields,
    seed: asked.seed ?? 0,
    steps: asked.steps ?? preset?.steps ?? defaultSteps,
    ...(asked.threads !== undefined && { threads: asked.threads }),
    ...(minutes !== undefined && { minutes }),
    ...(asked.chunk !== undefined && { chunk: asked.chunk }),
    ...(asked.measure && { measure: asked.measure }),
    ...(asked.onNonFinite && { onNonFinite: asked.onNonFinite }),
  };
  // A system that cannot take these data says so before anything is written.
  buildGame(system, config);
  return { config, source };
}

export const systemOptions = (system: System, given: unknown): Record<string, unknown> =>
  parseOptions(`system ${system.id}`, system.options, given);

export const dataOptions = (source: SourceDefinition, given: unknown): Record<string, unknown> =>
  parseOptions(`data ${source.id}`, source.options, given ?? {});

export function buildGame(
  system: System,
  { options, fields }: Pick<RunConfig, "options" | "fields">,
): Game {
  return system.build(options as never, { fields });
}

/** 20 pictures and 10 checkpoints, in short runs fewer; every tick logged up to 5,000, then rounds. */
export function cadenceOf({ steps, minutes, measure }: RunConfig, game: Game): Cadence {
  const every = (times: number) => Math.max(10, Math.round(steps / times));
  const round = period(game);
  const logEvery = steps <= 5000 ? 1 : Math.ceil(steps / 5000 / round) * round;
  return {
    steps,
    ...(minutes !== undefined && { minutes }),
    logEvery,
    sampleEvery: every(20),
    checkpointEvery: every(10),
    ...(measure && { measureEvery: Math.max(1, Math.round(measure.everyImages / game.batch)) }),
  };
}

/** Throws `UNKNOWN_SYSTEM` with the nearest name. */
export const loadSystem = (id: string): Promise<System> =>
  load("system", id, systems as unknown as Record<string, () => Promise<System>>);

/** Throws `UNKNOWN_DATA` with the nearest name. */
export const loadSource = (id: string): Promise<SourceDefinition> =>
  load("data", id, sources as unknown as Record<string, () => Promise<SourceDefinition>>);

/**
 * The source that a name or a path stands for, and its options with the path among them. Throws
 * `UNKNOWN_DATA` with the nearest name, `DATA_MISSING` or `DATA_FORMAT` for a path of nothing known.
 */
export async function loadData(
  text: string,
  options: Asked["dataOptions"] = {},
): Promise<{ definition: SourceDefinition; options: Record<string, unknown> }> {
  const path = Object.hasOwn(sources, text) ? undefined : await sourceForPath(text);
  const definition = await loadSource(path?.source ?? text);
  return { definition, options: { ...path?.options, ...options } };
}

/** The data of a run. Throws what the source throws. */
export async function openData(
  { source, options }: Pick<RunConfig["data"], "source" | "options">,
  opening?: Opening,
): Promise<Source> {
  return (await loadSource(source)).open(options, opening);
}

export const systemIds = (): string[] => Object.keys(systems);
export const sourceIds = (): string[] => Object.keys(sources);

async function load<T>(
  kind: string,
  id: string,
  from: Record<string, () => Promise<T>>,
): Promise<T> {
  const entry = Object.hasOwn(from, id) ? from[id] : undefined;
  if (entry) return entry();
  throw unknown(kind, id, Object.keys(from));
}

/** Throws `UNKNOWN_PRESET` with the nearest name. */
export function presetOf(system: System, name: string | undefined) {
  if (name === undefined) return undefined;
  const presets = system.presets ?? {};
  if (Object.hasOwn(presets, name)) return presets[name];
  throw unknown("preset", name, Object.keys(presets));
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

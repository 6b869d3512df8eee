import type { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { parseOptions } from "../core/options.ts";
import { sourceForPath } from "../data/open-path.ts";
import type { Opening, Source, SourceDefinition } from "../data/source.ts";
import { catalog as sources } from "../data/sources/_catalog.ts";
import type { Game } from "../gan/game.ts";
import type { Cadence } from "../train/loop.ts";
import { period } from "../train/plan.ts";
import { requireMetrics } from "./instruments.ts";
import { type AskedSettings, type RunConfig, type Settings, settingShape } from "./run-config.ts";
import { buildGame, loadNamed, loadSystem, presetOf, systemOptions } from "./systems.ts";

export type { RunConfig } from "./run-config.ts";
export { buildGame, loadSystem, presetOf, systemIds, systemOptions } from "./systems.ts";

/** What a user asked for; all but the system has a default. */
export interface Asked extends AskedSettings {
  readonly system: string;
  readonly preset?: string | undefined;
  readonly data?: string | undefined;
  /** Options of the system, by name. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Options of the data source, by name. */
  readonly dataOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** Steps of a run that names neither steps nor a preset. */
const defaultSteps = 2000;

/**
 * Fills in and checks everything; opens the data to learn their fields. What was asked for wins over
 * the preset, the preset over what is usual. Throws `UNKNOWN_SYSTEM`, `UNKNOWN_PRESET`,
 * `UNKNOWN_DATA`, `UNKNOWN_OPTION`, `UNKNOWN_METRIC`, `OPTION` or what the data source throws.
 */
export async function resolveConfig(
  asked: Asked,
  opening?: Opening,
): Promise<{ config: RunConfig; source: Source }> {
  const { system: id, preset: presetName, options, data, dataOptions: given, ...rest } = asked;
  const system = await loadSystem(id);
  const preset = presetOf(system, presetName);
  const { definition, options: named } = await loadData(
    data ?? preset?.data?.source ?? system.data,
    given,
  );
  const isPresets = preset?.data?.source === definition.id;
  const chosen = { ...(isPresets && preset.data?.options), ...named };
  const settings = settingsOf(rest);
  const minutes = settings.minutes ?? preset?.minutes;
  const resolved = {
    system: system.id,
    options: systemOptions(system, { ...preset?.options, ...options }),
  };
  const source = await definition.open(chosen, opening);
  const config: RunConfig = {
    ...resolved,
    data: {
      source: definition.id,
      options: dataOptions(definition, chosen),
      about: source.about,
    },
    fields: source.fields,
    ...settings,
    seed: settings.seed ?? 0,
    steps: settings.steps ?? preset?.steps ?? defaultSteps,
    ...(minutes !== undefined && { minutes }),
  };
  // A system that cannot take these data says so before anything is written.
  buildGame(system, config);
  return { config, source };
}

/**
 * Settings checked and filled in; what is undefined is left out. Throws `OPTION`, `UNKNOWN_OPTION` or
 * `UNKNOWN_METRIC`.
 */
export function settingsOf(given: AskedSettings): Settings {
  const present = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
  const { measure, best, ...rest } = parseOptions("run", settingShape, present);
  if (!best) return { ...rest, ...(measure && { measure: measureOf(measure) }) };
  const metric = onlyMetric(best.metric);
  return { ...rest, measure: measureOf(measure, metric), best: { ...best, metric } };
}

type AskedMeasure = z.input<typeof settingShape.measure>;

/** The metrics to take; the one that chooses a checkpoint is always among them. */
function measureOf(asked: AskedMeasure = {}, chooser?: string): NonNullable<Settings["measure"]> {
  const { metrics = [], ...rest } = settingShape.measure.unwrap().parse(asked);
  const ids: readonly string[] = requireMetrics(metrics);
  const all = chooser === undefined || ids.includes(chooser) ? metrics : [...metrics, chooser];
  if (all.length > 0) return { metrics: all, ...rest };
  throw new GanymedeError("OPTION", {
    where: "run measure.metrics",
    expected: "the metrics to take",
    got: "none",
    fix: "name some, as fid,pr, or do not say how often they are taken",
  });
}

/** The id that a name stands for. Throws `OPTION` for a group of several. */
function onlyMetric(name: string): string {
  const [id, ...others] = requireMetrics([name]);
  if (others.length === 0) return id!;
  throw new GanymedeError("OPTION", {
    where: "run best.metric",
    expected: "one metric",
    got: `${name}, which stands for ${[id, ...others].join(" and ")}`,
    fix: "choose one of them",
  });
}

export const dataOptions = (source: SourceDefinition, given: unknown): Record<string, unknown> =>
  parseOptions(`data ${source.id}`, source.options, given ?? {});

/** 20 pictures and 10 checkpoints, in short runs fewer; every tick logged up to 5,000, then rounds. */
export function cadenceOf(
  { steps, minutes, measure, checkpoints }: RunConfig,
  game: Game,
): Cadence {
  const every = (times: number) => Math.max(10, Math.round(steps / times));
  const round = period(game);
  const logEvery = steps <= 5000 ? 1 : Math.ceil(steps / 5000 / round) * round;
  return {
    steps,
    ...(minutes !== undefined && { minutes }),
    logEvery,
    sampleEvery: every(20),
    checkpointEvery: checkpoints?.everySteps ?? every(10),
    ...(measure && { measureEveryImages: measure.everyImages }),
  };
}

/** Throws `UNKNOWN_DATA` with the nearest name. */
export const loadSource = (id: string): Promise<SourceDefinition> =>
  loadNamed("data", id, sources as unknown as Record<string, () => Promise<SourceDefinition>>);

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

export const sourceIds = (): string[] => Object.keys(sources);

import { join } from "node:path";
import { cacheFolder } from "../core/cache-folder.ts";
import { GanymedeError, nearest } from "../core/errors.ts";
import { classesOf, type Field, type Source } from "../data/source.ts";
import type { Provider } from "../engine/run/provider.ts";
import type { Game } from "../gan/game.ts";
import { imageSide, pointSide, type Remember, type Stock } from "../metrics/evidence.ts";
import type { Extractor } from "../metrics/extractor.ts";
import { extractorIds, openExtractor, readManifest } from "../metrics/extractor-file.ts";
import type { Metric, Side } from "../metrics/metric.ts";
import { type ScoreRecord, scoredBy } from "../metrics/score-record.ts";
import { catalog } from "../metrics/scores/_catalog.ts";
import { statisticsCache } from "../metrics/statistics-cache.ts";
import { isImage, realStock } from "./stocks.ts";

/** What to measure, of how many items, seen through what. */
export interface Measuring {
  /** Ids of metrics, or names of groups: see `metricGroups`. Those that fit the data when absent. */
  readonly metrics?: readonly string[] | undefined;
  /** Generated items. */
  readonly samples: number;
  /** Items of the data that they are compared with. */
  readonly reference: number;
  readonly seed: number;
  /** Id or record of the extractor of all metrics. */
  readonly extractor?: string | undefined;
  /** The extractor's model, where it is not beside its record. */
  readonly extractorFile?: string | undefined;
  /** Bytes of a download so far, and in all where that is known. */
  readonly onDownload?: ((done: number, total: number | undefined) => void) | undefined;
}

/** Names for metrics that are usually asked for together. */
export const metricGroups: Readonly<Record<string, readonly string[]>> = {
  pr: ["improved-precision", "improved-recall"],
  dc: ["density", "coverage"],
  is: ["inception-score"],
  am: ["am-score"],
  swd: ["sliced-wasserstein"],
  modes: ["mode-coverage"],
  nn: ["nearest-neighbours"],
};

/** Ids of all metrics. */
export const metricIds = (): string[] => Object.keys(catalog);

/** What instruments look at. */
export interface Subject {
  readonly game: Game;
  readonly source: Source;
  readonly provider: Provider;
}

/** A score and the time that it took, in seconds. */
export type Timed = ScoreRecord & { readonly seconds: number };

/** A metric that says nothing of these items, and why: a generator that makes one thing only, say. */
export interface Silence {
  readonly metric: string;
  readonly code: string;
  readonly why: string;
}

export interface Measurement {
  readonly scores: readonly Timed[];
  readonly silent: readonly Silence[];
}

/** Metrics ready to be applied to one generator after the other; the data's side is worked out once. */
export interface Instruments {
  readonly metrics: readonly Metric[];
  /** What each metric says; one that cannot say anything does not keep the others from it. */
  measure(fake: Stock): Promise<Measurement>;
  dispose(): Promise<void>;
}

/**
 * Gets everything ready that `asked` needs. Throws `UNKNOWN_METRIC`, `METRIC_NEEDS`, or what an
 * extractor's opening throws.
 */
export async function openInstruments(subject: Subject, asked: Measuring): Promise<Instruments> {
  const { game, source } = subject;
  const field = source.fields[game.field]!;
  const classifier = classifierOf(source.fields, field);
  const metrics = await Promise.all(chosen(asked, source, classifier).map((id) => catalog[id]()));
  const open = openOnce(subject.provider, asked);
  const real = realStock(source, game.field, asked.reference);
  const remember = statisticsCache(join(cacheFolder(), "statistics"));
  const extractorOf = (metric: Metric) =>
    isImage(field) && looksThrough(metric)
      ? open(asked.extractor ?? extractorFor(metric, field, classifier))
      : undefined;
  const realSides = sidesOf(real, remember);
  const score = async (metric: Metric, fakeSides: Sides, fake: Stock): Promise<Timed> => {
    const began = performance.now();
    const by = await extractorOf(metric);
    const sides = { real: realSides(by), fake: fakeSides(by) };
    const said = await metric.measure({ ...sides, ...contextOf(subject, asked) });
    const seconds = (performance.now() - began) / 1000;
    const extractor = by ? { extractor: scoredBy(by) } : {};
    const samples = { real: real.count, fake: fake.count };
    return { metric: metric.id, ...said, ...extractor, samples, seed: asked.seed, seconds };
  };
  return {
    metrics,
    measure(fake) {
      const fakeSides = sidesOf(fake);
      return gather(metrics, (metric) => score(metric, fakeSides, fake));
    },
    dispose: open.dispose,
  };
}

/** Pixels and classes are known without an extractor. */
const looksThrough = ({ needs }: Metric): boolean =>
  needs.some((member) => member !== "items" && member !== "labels");

async function gather(
  metrics: readonly Metric[],
  score: (metric: Metric) => Promise<Timed>,
): Promise<Measurement> {
  const [scores, silent]: [Timed[], Silence[]] = [[], []];
  for (const metric of metrics) {
    try {
      scores.push(await score(metric));
    } catch (error) {
      silent.push(silenceOf(metric, error));
    }
  }
  return { scores, silent };
}

/** Anything but a metric's own refusal is thrown on. */
function silenceOf({ id }: Metric, error: unknown): Silence {
  if (
    error instanceof GanymedeError &&
    /^(METRIC_(?!NEEDS)|EXTRACTOR_(INPUT|OUTPUT))/.test(error.code)
  ) {
    return { metric: id, code: error.code, why: error.message };
  }
  throw error;
}

type Sides = (by: Extractor | undefined) => Side;

/** A stock seen through each extractor, or none, once. */
function sidesOf(stock: Stock, remember?: Remember): Sides {
  const sides = new Map<Extractor | undefined, Side>();
  return (by: Extractor | undefined): Side => {
    const side = sides.get(by) ?? (by ? imageSide(stock, by, remember) : pointSide(stock));
    sides.set(by, side);
    return side;
  };
}

/** What metrics are told beside the two sides. */
function contextOf({ game, source, provider }: Subject, { seed }: Measuring) {
  const { shape } = source.fields[game.field]!;
  const classes = classesOf(source.fields);
  return {
    shape,
    seed,
    provider,
    ...(classes && { classes }),
    ...(source.oracle && { oracle: inNetworkUnits(source) }),
  };
}

/** Items are scored as networks see them, and so is what is known of their distribution. */
function inNetworkUnits({ oracle, fields }: Source) {
  const { scale, offset } = fields[oracle!.field]!;
  const modes = oracle!.modes.map((mode) => mode.map((v) => v * scale + offset));
  return { ...oracle!, modes, sigma: oracle!.sigma * scale };
}

/** The ids asked for, groups taken apart; or those that fit the data. */
function chosen(asked: Measuring, source: Source, classifier: string | undefined) {
  const images = !source.oracle && Object.values(source.fields).some(isImage);
  const fitting = images
    ? ["fid", "kid", "pr", "dc", "nn", ...(classifier ? ["is", "am"] : [])]
    : ["swd", "pr", ...(source.oracle ? ["modes"] : [])];
  return requireMetrics(asked.metrics ?? fitting);
}

/** Throws `UNKNOWN_METRIC`. */
export const loadMetric = async (id: string): Promise<Metric> =>
  Object.hasOwn(catalog, id)
    ? catalog[id as keyof typeof catalog]()
    : Promise.reject(unknownMetric(id));

/** Ids of the metrics that names of metrics and groups stand for. Throws `UNKNOWN_METRIC`. */
export function requireMetrics(names: readonly string[]): (keyof typeof catalog)[] {
  const ids = names.flatMap((name) => metricGroups[name] ?? [name]);
  for (const id of ids) if (!Object.hasOwn(catalog, id)) throw unknownMetric(id);
  return [...new Set(ids)] as (keyof typeof catalog)[];
}

function unknownMetric(id: string): GanymedeError {
  const known = [...metricIds(), ...Object.keys(metricGroups)];
  const close = nearest(id, known);
  return new GanymedeError("UNKNOWN_METRIC", {
    where: "metrics",
    expected: `some of ${known.join(", ")}`,
    got: id,
    fix: close === undefined ? "choose among those" : `did you mean ${close}?`,
  });
}

/** A bundled classifier of the data's own classes that takes such images and whose model is at hand. */
export function classifierOf(
  fields: Readonly<Record<string, Field>>,
  { shape }: Field,
): string | undefined {
  const labels = shape.length === 3 ? classesOf(fields)?.join() : undefined;
  if (labels === undefined) return undefined;
  return extractorIds().find((id) => {
    const { url, input, outputs, classes } = readManifest(id);
    const ours = url === undefined && outputs.probabilities !== undefined;
    return ours && input.channels === shape[0] && classes!.join() === labels;
  });
}

/**
 * What looks at images where nobody says: the bundled encoder at grey ones, CLIP at coloured ones; the
 * classifier where p(class | image) is needed.
 */
function extractorFor({ id, needs }: Metric, field: Field, classifier: string | undefined) {
  if (!needs.includes("probabilities")) return field.shape[0] === 1 ? "encoder" : "clip";
  if (classifier !== undefined) return classifier;
  throw new GanymedeError("METRIC_NEEDS", {
    where: `metric ${id}`,
    expected: "a classifier of the data's classes",
    got: "none that comes with Ganymede",
    fix: "name one by --extractor, or leave the metric out",
  });
}

function openOnce(provider: Provider, { extractorFile, onDownload }: Measuring) {
  const opened = new Map<string, Promise<Extractor>>();
  const options = {
    ...(extractorFile !== undefined && { file: extractorFile }),
    ...(onDownload && { onProgress: onDownload }),
  };
  const open = (id: string): Promise<Extractor> => {
    const known = opened.get(id) ?? openExtractor(provider, id, options);
    opened.set(id, known);
    return known;
  };
  const dispose = async () => {
    for (const extractor of opened.values()) await (await extractor).dispose();
  };
  return Object.assign(open, { dispose });
}

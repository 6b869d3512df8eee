/** Pictures that proofs train on, and a jury of nets that took no part in the training. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Asked, loadSource } from "../src/app/config.ts";
import { GanymedeError } from "../src/core/errors.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import { pickRows } from "../src/metrics/_rows.ts";
import { spread } from "../src/metrics/bootstrap.ts";
import type { Extractor } from "../src/metrics/extractor.ts";
import { openExtractor } from "../src/metrics/extractor-file.ts";
import { momentsOf } from "../src/metrics/feature-moments.ts";
import { frechetDistance } from "../src/metrics/frechet.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { inceptionScores } from "../src/metrics/scores/inception-score.ts";
import { lay, Play } from "./_play.ts";

/** A raw number, of 0 to 255, as nets see it: in [−1, 1]. */
export const scaled = (v: number): number => v / 127.5 - 1;

/** A data source and its options, as `lay` takes them. */
export interface Pictures {
  readonly data: "mnist" | "fashion-mnist";
  readonly dataOptions: { readonly side: 16 | 28 | 32; readonly folder?: string };
}

export const digits = (side: 16 | 28 | 32 = 16): Pictures => ({
  data: "mnist",
  dataOptions: { side },
});

/** Beside the project, where data that may not be copied lie. */
const beside = fileURLToPath(new URL("../../shared/data/fashion-mnist", import.meta.url));

/**
 * Fashion-MNIST from GANYMEDE_FASHION_MNIST or from beside the project. A smoke run makes do with
 * digits where there is neither; a real one is then told what is missing.
 */
export function garments(side: 16 | 28 | 32 = 16, { smoke = false } = {}): Pictures {
  const named = process.env.GANYMEDE_FASHION_MNIST;
  const folder = named ?? (existsSync(beside) ? beside : undefined);
  if (folder === undefined && smoke) return digits(side);
  return { data: "fashion-mnist", dataOptions: { side, ...(folder && { folder }) } };
}

/** Pictures as they lie in the data, 0 to 255, and their classes. */
export interface Labelled {
  readonly raw: Float32Array;
  readonly labels: Int32Array;
}

/** Pictures of `area` numbers each: those that `numbers` names, in its order. */
export function pick(raw: Float32Array, area: number, numbers: readonly number[]): Float32Array {
  const rows = { count: raw.length / area, width: area, data: raw };
  return Float32Array.from(pickRows(rows, numbers).data);
}

/** Those whose class is as asked. */
export function ofClasses({ raw, labels }: Labelled, asked: (label: number) => boolean): Labelled {
  const kept = [...labels.keys()].filter((i) => asked(labels[i]!));
  const area = raw.length / labels.length;
  return { raw: pick(raw, area, kept), labels: Int32Array.from(kept, (i) => labels[i]!) };
}

/** Opens one part of the data: gives its first `count` pictures in the order of a seed, none twice. */
export async function openPictures({ data, dataOptions }: Pictures, split: "train" | "test") {
  const source = await (await loadSource(data)).open({ ...dataOptions, split });
  return (count: number, seed: number): Labelled => {
    const { image, label } = source.batch(0, Math.min(count, source.size), seed);
    return { raw: Float32Array.from(image!), labels: label as Int32Array };
  };
}

/** Scores generators of pictures against the held-out part of their data. */
export interface Jury {
  /** FID* of `count` samples: never comparable with values of Inception. */
  fid(play: Play, seed: number): Promise<number>;
  /** IS* of `count` samples by the classifier of these pictures. */
  inception(play: Play, seed: number): Promise<number>;
  /** Features of raw pictures (0 to 255) by the encoder. */
  features(raw: Float32Array): Promise<Rows>;
  /** FID* of any raw pictures. */
  fidOf(raw: Float32Array): Promise<number>;
  /** p(class | picture) of raw pictures by the classifier. */
  probabilities(raw: Float32Array): Promise<Rows>;
  /** Held-out pictures, raw. */
  readonly held: Float32Array;
  dispose(): Promise<void>;
}

export interface JuryOptions {
  readonly pictures: Pictures;
  /** Samples of a score, and held-out pictures that they are compared with. */
  readonly count: number;
  /** Of features; the encoder when absent, which knows no labels. */
  readonly extractor?: string;
}

export async function openJury(
  provider: Provider,
  { pictures, count, extractor = "encoder" }: JuryOptions,
): Promise<Jury> {
  const { data, dataOptions } = pictures;
  const { side } = dataOptions;
  const source = await (await loadSource(data)).open({ ...dataOptions, split: "test" });
  const held = Float32Array.from(source.batch(0, Math.min(count, source.size), 0).image!);
  const [encoder, classifier] = await Promise.all([
    openExtractor(provider, extractor),
    openExtractor(provider, data === "mnist" ? "digits" : "garments"),
  ]);
  const features = async (raw: Float32Array) => (await look(encoder, raw, side)).features;
  const probabilities = async (raw: Float32Array) =>
    (await look(classifier, raw, side)).probabilities!;
  const reference = momentsOf(await features(held));
  const fidOf = async (raw: Float32Array) =>
    frechetDistance(momentsOf(await features(raw)), reference).distance;
  return {
    held,
    features,
    probabilities,
    fidOf,
    fid: async (play, seed) => fidOf(await play.samples(count, seed)),
    inception: async (play, seed) =>
      inceptionScores(await probabilities(await play.samples(count, seed)), 1)[0]!,
    dispose: async () => void (await Promise.all([encoder.dispose(), classifier.dispose()])),
  };
}

/** What an extractor says of raw square pictures. */
export const look = (extractor: Extractor, raw: Float32Array, side: number) =>
  extractor.extract({
    data: raw,
    count: raw.length / side ** 2,
    channels: 1,
    height: side,
    width: side,
    range: [0, 255],
  });

/** Features of garments by the net of digits, for games: it neither judges nor knows their classes. */
export async function strangeFeatures(
  provider: Provider,
  raw: Float32Array,
  side: number,
): Promise<Rows> {
  const extractor = await openExtractor(provider, "digits");
  const { features } = await look(extractor, raw, side);
  await extractor.dispose();
  return features;
}

/**
 * FID* after `steps` ticks of training, or its mean over several such moments; infinite for a run whose
 * numbers left the finite.
 */
export async function trainedFid(
  provider: Provider,
  jury: Jury,
  asked: Asked,
  { seed, steps }: { readonly seed: number; readonly steps: number | readonly number[] },
): Promise<number> {
  const play = new Play(await lay(asked), provider, seed);
  const values: number[] = [];
  try {
    for (const moment of [steps].flat()) {
      await play.until(moment);
      values.push(await jury.fid(play, seed));
    }
    return spread(values).mean;
  } catch (error) {
    if (error instanceof GanymedeError && error.code === "NON_FINITE") return Infinity;
    throw error;
  } finally {
    await play.dispose();
  }
}

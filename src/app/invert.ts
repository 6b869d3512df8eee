import { readFileSync } from "node:fs";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { encodePng } from "../core/png.ts";
import { openDecoder } from "../data/pictures/open-decoder.ts";
import type { Frame } from "../data/pictures/raster.ts";
import { readExtractor } from "../metrics/extractor-file.ts";
import { type Inversion, invert } from "../metrics/inversion.ts";
import { perceptualLoss, pixelLoss, priorLoss, weightedLoss } from "../metrics/inversion-losses.ts";
import { imageSheet } from "../train/picture.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";
import { writeCodes } from "./codes.ts";
import { invertible } from "./invertible.ts";
import { bundledExtractor } from "./likeness.ts";
import type { OpenRun } from "./sample.ts";
import { rangeOf } from "./stocks.ts";

/** What is made small, each with its weight; a term of weight 0 is not looked at. */
export interface InversionWeights {
  /** Mean square and mean absolute difference of pixels, in the range that networks see. */
  readonly l2: number;
  readonly l1: number;
  /** Relative squared difference of an extractor's features. */
  readonly perceptual: number;
  /** Mean square of the code: keeps it among those that the generator knows. */
  readonly prior: number;
}

export interface ImageInversion
  extends Omit<Inversion, "loss" | "steps" | "restarts" | "optimiser"> {
  /** L-BFGS when absent. */
  readonly optimiser?: Inversion["optimiser"];
  /** Starts of each class; 4 when absent. */
  readonly restarts?: number;
  /** 200 when absent. */
  readonly steps?: number;
  /** l2 1, prior 0.001, perceptual 0.1 where the extractor comes with Ganymede, when absent. */
  readonly weights?: Partial<InversionWeights>;
  /** Id or record of the extractor; `encoder` for grey images when absent. */
  readonly extractor?: string;
  /** Of a conditional generator; all are tried when absent. */
  readonly label?: number;
}

/** Where one start came to. */
export interface InvertedStart {
  readonly code: Float32Array;
  readonly loss: number;
  /** Root mean square difference of pixels, as a share of the range from black to white. */
  readonly error: number;
  readonly label?: number;
}

/**
 * A picture file as the run's networks see images: [1, channels, height, width], cut to the shape and
 * resized by Lanczos.
 *
 * @throws GanymedeError PICTURE for a file that cannot be read, SAMPLE_FORMAT for a run of other items
 */
export function readPicture(
  run: OpenRun,
  file: string,
  fit: Frame["fit"] = "cover",
): Promise<Float32Array> {
  return decodePicture(run, () => readFileSync(file), { where: file, fit });
}

/** The same of a picture file's bytes; `where` is what errors call it. */
export async function decodePicture(
  { field, path }: OpenRun,
  read: () => Uint8Array,
  { where, fit = "cover" }: { readonly where: string; readonly fit?: Frame["fit"] },
): Promise<Float32Array> {
  if (!isPicture(field)) {
    throw new GanymedeError("SAMPLE_FORMAT", {
      where: path,
      expected: "a run that makes images",
      got: `items of shape [${field.shape}]`,
      fix: "invert points by hand with `invert`",
    });
  }
  const [channels = 1, height = 1, width = 1] = field.shape;
  const frame: Frame = { width, height, channels, fit, filter: "lanczos3", background: [0, 0, 0] };
  try {
    const decoder = await openDecoder("auto");
    const bytes = read();
    const pixels = await decoder.decode(bytes, await decoder.probe(bytes), frame);
    const [black, white] = rangeOf(field);
    return Float32Array.from(pixels, (v) => black + (v / 255) * (white - black));
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const fault = { where, expected: "a picture", got, fix: "name a PNG or JPEG file" };
    throw new GanymedeError("PICTURE", fault, { cause });
  }
}

/**
 * Codes whose items are as near to an image as could be found, best first: from the nearest of a random
 * pool, down to the bottom of a weighted loss. Zhu, Krähenbühl, Shechtman, Efros 2016, arXiv:1609.03552.
 *
 * @param image [1, …item] as networks see it
 * @throws GanymedeError GAME, and what an extractor's opening and tracing throw
 */
export async function invertImage(
  run: OpenRun,
  image: Float32Array,
  asked: ImageInversion,
): Promise<InvertedStart[]> {
  const {
    label,
    extractor,
    weights,
    optimiser = "lbfgs",
    restarts = 4,
    steps = 200,
    ...how
  } = asked;
  const loss = await lossOf(run, weights, extractor);
  const targets = { count: 1, width: image.length, data: image };
  const labels = run.game.sampler.classes?.map((_, i) => i) ?? [undefined];
  const [black, white] = rangeOf(run.field);
  const found: InvertedStart[] = [];
  for (const own of label === undefined ? labels : [label]) {
    const generator = invertible(run, own);
    const options = { ...how, optimiser, restarts, steps, loss };
    const { codes, losses, distances } = await invert(run.provider, generator, targets, options);
    const size = generator.latent;
    for (let r = 0; r < restarts; r++) {
      found.push({
        code: codes.slice(r * size, (r + 1) * size),
        loss: losses[r]!,
        error: distances[r]! / Math.sqrt(image.length) / (white - black),
        ...(own !== undefined && { label: own }),
      });
    }
  }
  return found.sort((a, b) => a.loss - b.loss);
}

async function lossOf(
  run: OpenRun,
  weights: Partial<InversionWeights> = {},
  extractor = bundledExtractor(run),
) {
  const initial = { l2: 1, l1: 0, perceptual: extractor === undefined ? 0 : 0.1, prior: 1e-3 };
  const asked: InversionWeights = { ...initial, ...weights };
  const pixels = (["l2", "l1"] as const).map((kind) => {
    return { weight: asked[kind], term: pixelLoss(kind) };
  });
  const terms = [...pixels, { weight: asked.prior, term: priorLoss }];
  if (asked.perceptual > 0) {
    const form = { shape: run.field.shape as [number, number, number], range: rangeOf(run.field) };
    const read = await readExtractor(requireExtractor(extractor));
    const term = perceptualLoss(run.provider, read, form);
    terms.push({ weight: asked.perceptual, term });
  }
  const used = terms.filter(({ weight }) => weight > 0);
  if (used.length > 0) return weightedLoss(used);
  throw new GanymedeError("OPTION", {
    where: "weights of the inversion",
    expected: "one above 0",
    got: "none",
    fix: "give l2, l1 or perceptual a weight",
  });
}

function requireExtractor(id: string | undefined): string {
  if (id !== undefined) return id;
  throw new GanymedeError("OPTION", {
    where: "extractor",
    expected: "one that takes colour images: none of those comes with Ganymede",
    got: "none",
    fix: "name one by --extractor, or leave the perceptual term out",
  });
}

/** Files of an inversion. */
export interface InversionFiles {
  /** PNG: the image, what was found for it, the other starts. */
  readonly picture: string;
  /** The best code, .json or .npz, for `sample --codes`, `interpolate` and `arithmetic`. */
  readonly code: string;
}

/** Writes what `invertImage` found. */
export async function writeInversion(
  run: OpenRun,
  image: Float32Array,
  found: readonly InvertedStart[],
  { picture, code }: InversionFiles,
): Promise<void> {
  const size = run.sampler.layout.size;
  const codes = new Float32Array(found.length * size);
  found.forEach((start, i) => {
    codes.set(start.code, i * size);
  });
  const labels = found.flatMap((start) => start.label ?? []);
  const request = { seed: 0, count: found.length, codes };
  const items = await run.sample({ ...request, ...(labels.length > 0 && { labels }) });
  const row = new Float32Array(image.length + items.length);
  row.set(image);
  row.set(items, image.length);
  const sheet = imageSheet(pixelsOf(row, run.field), run.field, { columns: found.length + 1 });
  writeAtomic(picture, encodePng(sheet));
  const [best] = found;
  const label = best!.label === undefined ? {} : { labels: [best!.label] };
  await writeCodes(run, code, { codes: best!.code, count: 1, ...label });
}

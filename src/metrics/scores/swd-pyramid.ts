import { GanymedeError } from "../../core/errors.ts";
import { stream } from "../../core/random.ts";
import { requireComparable } from "../_rows.ts";
import { type Level, laplacianPyramid } from "../laplacian-pyramid.ts";
import type { Metric, Rows, Score } from "../metric.ts";
import { directions, eachProjection, transportCost } from "../projections.ts";

/** Pixels a side of a patch. */
const patch = 7;

/** Patches of an image and level, and all that are taken of a side: sorting them is the cost. */
const [patchesEach, patchesInAll] = [128, 32_768];

/** Multi-scale: says at which size of detail fakes differ, as a distance of patches by level. */
export const swdPyramid: Metric = {
  id: "swd-pyramid",
  about:
    "1000 · Wasserstein-1 distance of 7x7 patches along random directions, mean of the levels of a Laplacian pyramid",
  better: "lower",
  range: "0 and up, in thousandths of the data's deviation; 0 is perfect",
  source: "Karras, Aila, Laine, Lehtinen 2018, arXiv:1710.10196, section 5",
  needs: ["items"],
  async measure({ real, fake, shape, seed }) {
    return pyramidDistance(await real.items(), await fake.items(), { shape, seed });
  },
};

export interface PyramidOptions {
  /** [channels, height, width]. */
  readonly shape: readonly number[];
  readonly seed: number;
  /** Directions a level; 512 when absent, as in the paper. */
  readonly projections?: number;
  /** Patches of each image on each level; the paper's 128 when absent, fewer of many images. */
  readonly patches?: number;
}

/**
 * Both sides' images as Laplacian pyramids down to the last level that holds a patch; from each level
 * patches [c, 7, 7] at random places, standardised channel by channel; their sliced Wasserstein-1
 * distance times 1000. The paper's code standardises each side by its own mean and deviation, blind to
 * brightness and contrast; here both by the data's, so that a shift of either counts.
 *
 * @param real, fake images [n, c·h·w]
 * @returns the mean over levels; `parts` has each level by its side, and rising numbers there say at which
 *   size of detail the images differ
 * @throws GanymedeError METRIC_INPUT for items that are not images of 7 pixels a side or more, an empty
 *   side, or numbers that are not finite
 */
export function pyramidDistance(real: Rows, fake: Rows, options: PyramidOptions): Score {
  const { shape, projections = 512, seed } = options;
  requireComparable(real, fake, "swd-pyramid", 1);
  requireImages(shape);
  const [a, b] = [real, fake].map((rows) => pyramidOf(rows, shape)) as [Level[], Level[]];
  const parts: Record<string, number> = {};
  a.forEach((level, i) => {
    const how = { channels: shape[0]!, seed };
    const [x, y] = ([level, b[i]!] as const).map((l, s) =>
      patchesOf(l, { ...how, side: s, each: options.patches ?? eachOf([real, fake][s]!.count) }),
    ) as [Rows, Rows];
    standardise(x, y, shape[0]!);
    const vectors = directions(projections, x.width, { seed, name: `swd-pyramid/${level.height}` });
    let total = 0;
    eachProjection(x, y, vectors, (p, q) => {
      total += transportCost(p, q, Math.abs);
    });
    parts[`${level.height}x${level.width}`] = (1000 * total) / projections;
  });
  const values = Object.values(parts);
  return { value: values.reduce((sum, v) => sum + v, 0) / values.length, parts };
}

const eachOf = (images: number): number =>
  Math.max(1, Math.min(patchesEach, Math.floor(patchesInAll / images)));

function pyramidOf({ data }: Rows, [, height = 1, width = 1]: readonly number[]): Level[] {
  return laplacianPyramid({ height, width, data: Float32Array.from(data) }, patch);
}

interface Places {
  readonly channels: number;
  readonly each: number;
  readonly seed: number;
  /** 0 of data, 1 of fakes: their places are drawn apart. */
  readonly side: number;
}

/**
 * Patches wholly inside, rows [images·each, channels·49]: at uniform places, or at every place once where
 * there are no more than those.
 */
function patchesOf(
  { height, width, data }: Level,
  { channels, seed, side, ...asked }: Places,
): Rows {
  const images = data.length / (channels * height * width);
  const size = channels * patch * patch;
  const [down, across] = [height - patch + 1, width - patch + 1];
  const each = Math.min(asked.each, down * across);
  const drawn = stream(seed, `swd-pyramid/places/${side}`, height);
  const at =
    each < asked.each
      ? Uint32Array.from({ length: images * each }, (_, i) => i % each)
      : drawn.integers(images * each, down * across);
  const out = new Float32Array(images * each * size);
  let to = 0;
  at.forEach((place, i) => {
    const image = Math.floor(i / each);
    const [top, left] = [Math.floor(place / across), place % across];
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < patch; y++) {
        const from = ((image * channels + c) * height + top + y) * width + left;
        out.set(data.subarray(from, from + patch), to);
        to += patch;
      }
    }
  });
  return { count: images * each, width: size, data: out };
}

/** Both by mean and deviation of each channel of the first, in place; a constant channel stays at 0. */
function standardise(real: Rows, fake: Rows, channels: number): void {
  const each = patch * patch;
  const channelOf = (at: number) => Math.floor((at % real.width) / each);
  const [mean, square] = [new Float64Array(channels), new Float64Array(channels)];
  const count = real.count * each;
  real.data.forEach((v, at) => {
    const c = channelOf(at);
    mean[c] = mean[c]! + v / count;
    square[c] = square[c]! + v ** 2 / count;
  });
  const factor = square.map((s, c) => 1 / Math.sqrt(Math.max(s - mean[c]! ** 2, 1e-12)));
  for (const { data } of [real, fake]) {
    for (let at = 0; at < data.length; at++) {
      const c = channelOf(at);
      data[at] = (data[at]! - mean[c]!) * factor[c]!;
    }
  }
}

function requireImages(shape: readonly number[]): void {
  if (shape.length === 3 && Math.min(shape[1]!, shape[2]!) >= patch) return;
  throw new GanymedeError("METRIC_INPUT", {
    where: "swd-pyramid",
    expected: `images [channels, height, width] of at least ${patch} pixels a side`,
    got: `items of shape [${shape}]`,
    fix: "ask for sliced-wasserstein, which takes points and features too",
  });
}

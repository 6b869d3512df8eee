import { GanymedeError } from "../core/errors.ts";
import type { Value } from "../engine/run/provider.ts";
import type { ExtractorManifest } from "./extractor-manifest.ts";
import type { Rows } from "./metric.ts";

/** Rows as a model gives them. */
export interface FloatRows extends Rows {
  readonly data: Float32Array;
}

/** What an extractor says of images, in their order. */
export interface Extraction {
  /** [count, width]. */
  readonly features: FloatRows;
  /** p(class | image) [count, classes], when the extractor is a classifier. */
  readonly probabilities?: FloatRows;
}

/** Reads `count` images' results; `inputs` is what the model was shown. */
type Reader = (
  results: Readonly<Record<string, Value>>,
  count: number,
  inputs: Float32Array,
) => Promise<Extraction>;

/**
 * Reads the outputs of one stream of batches and refuses what no score can be made of: values that
 * are not finite, and features that are the same for different images.
 */
export function makeReader(manifest: ExtractorManifest): Reader {
  const { outputs, classes, input } = manifest;
  const { name, width, take } = outputs.features;
  // A collapsed generator's images may differ by rounding alone: that is not the model's fault.
  const differs = { inputs: differing(0.01), features: differing(0) };
  const size = input.channels * input.height * input.width;
  let seen = 0;
  return async (results, count, inputs) => {
    const all = await valuesOf(manifest, results, name);
    const features = rowsOf(manifest, name, { count, width, data: pick(all, width, take) });
    seen += count;
    const imagesDiffer = differs.inputs(inputs.subarray(0, count * size), size);
    if (!differs.features(features.data, width) && imagesDiffer) throw constant(manifest, seen);
    if (outputs.probabilities === undefined) return { features };
    const said = await valuesOf(manifest, results, outputs.probabilities);
    const rows = { count, width: classes!.length, data: said.data };
    return { features, probabilities: rowsOf(manifest, outputs.probabilities, rows) };
  };
}

interface Output {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

async function valuesOf(
  manifest: ExtractorManifest,
  results: Readonly<Record<string, Value>>,
  name: string,
): Promise<Output> {
  const value = results[name];
  if (value?.dtype === "f32") {
    return { data: (await value.data()) as Float32Array, shape: value.shape };
  }
  const got = value ? `${name} of ${value.dtype}` : `outputs ${Object.keys(results).join(", ")}`;
  throw outputError(manifest, `an output ${name} of f32`, got, "correct the names in its record");
}

/** One row of `width` an image: of [n, tokens, width] the first token or the mean of all. */
function pick({ data, shape }: Output, width: number, take?: "first" | "mean"): Float32Array {
  const tokens = shape[1]!;
  if (take === undefined || shape.length !== 3 || shape[2] !== width) return data;
  const out = new Float32Array(shape[0]! * width);
  for (let i = 0; i < out.length; i++) {
    const first = Math.floor(i / width) * tokens * width + (i % width);
    let sum = 0;
    const used = take === "first" ? 1 : tokens;
    for (let t = 0; t < used; t++) sum += data[first + t * width]!;
    out[i] = sum / used;
  }
  return out;
}

/** A copy of the first `count` rows, all finite. */
function rowsOf(
  manifest: ExtractorManifest,
  name: string,
  { count, width, data }: { count: number; width: number; data: Float32Array },
): FloatRows {
  if (data.length % width !== 0 || data.length < count * width) {
    const got = `${data.length} values for ${count} images`;
    throw outputError(manifest, `${name} of ${width} an image`, got, "correct its width");
  }
  const rows = data.slice(0, count * width);
  const bad = rows.findIndex((v) => !Number.isFinite(v));
  if (bad < 0) return { count, width, data: rows };
  const got = `${rows[bad]} in ${name} of image ${Math.floor(bad / width)} of a batch`;
  throw outputError(manifest, "finite values", got, "use an intact model");
}

/** Tells whether any row so far differs from the first one by more than `by`. */
function differing(by: number): (rows: ArrayLike<number>, width: number) => boolean {
  let first: number[] | undefined;
  let different = false;
  return (rows, width) => {
    first ??= Array.from({ length: width }, (_, k) => rows[k]!);
    for (let i = 0; i < rows.length && !different; i++) {
      different = Math.abs(rows[i]! - first[i % width]!) > by;
    }
    return different;
  };
}

const constant = (manifest: ExtractorManifest, seen: number) =>
  outputError(
    manifest,
    "features that tell images apart",
    `the same ones for ${seen} different images`,
    "check the input's name, range and the model: it looks at nothing",
  );

const outputError = (
  { id }: ExtractorManifest,
  expected: string,
  got: string,
  fix: string,
): GanymedeError =>
  new GanymedeError("EXTRACTOR_OUTPUT", { where: `extractor ${id}`, expected, got, fix });

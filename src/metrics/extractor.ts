import { sha256 } from "../core/checksum.ts";
import { GanymedeError } from "../core/errors.ts";
import type { Provider, Session, Value } from "../engine/run/provider.ts";
import { type Images, makePreparer } from "./extractor-input.ts";
import type { ExtractorManifest } from "./extractor-manifest.ts";
import { type Extraction, type FloatRows, makeReader } from "./extractor-output.ts";

export type { Images } from "./extractor-input.ts";
export type { Extraction, FloatRows } from "./extractor-output.ts";

/** Images all at once, or piece by piece: pieces need not be of one size. */
export type ImageStream = Images | Iterable<Images> | AsyncIterable<Images>;

/** A net that describes images by features. It has never met the net that made them. */
export interface Extractor {
  readonly manifest: ExtractorManifest;
  /** Of the model's bytes. */
  readonly sha256: string;
  /** All that features depend on: model, output, input size and values, filter. */
  readonly fingerprint: string;
  /**
   * The features of images of any size. Values outside the images' range are cut off, as a picture
   * file would. One channel is repeated where the model takes three.
   *
   * @throws GanymedeError EXTRACTOR_INPUT for values that are not finite or not whole images,
   *   EXTRACTOR_CHANNELS, EXTRACTOR_OUTPUT for features that are not finite or the same for
   *   different images, SESSION
   */
  extract(images: ImageStream): Promise<Extraction>;
  /**
   * The same, a batch at a time: memory does not grow with the number of images. What is passed may
   * be kept. Returns how many images there were.
   */
  extractBatches(
    images: ImageStream,
    onBatch: (batch: Extraction, from: number) => void | Promise<void>,
  ): Promise<number>;
  dispose(): Promise<void>;
}

/** Images of one run where the model takes any number. */
const freeBatch = 32;

/**
 * Starts an extractor on any provider.
 *
 * @throws GanymedeError EXTRACTOR_HASH when the model is not the one that the manifest describes,
 *   SESSION when the provider cannot run it
 */
export async function startExtractor(
  manifest: ExtractorManifest,
  model: Uint8Array,
  provider: Provider,
): Promise<Extractor> {
  const hash = await sha256(model);
  if (manifest.sha256 !== undefined && hash !== manifest.sha256) {
    throw wrongHash(manifest, manifest.sha256, hash);
  }
  const session = await provider.create(model);
  const extractBatches: Extractor["extractBatches"] = (images, onBatch) =>
    run({ manifest, session, provider }, images, onBatch);
  return {
    manifest,
    sha256: hash,
    fingerprint: fingerprintOf(manifest, hash),
    extractBatches,
    async extract(images) {
      const parts: Extraction[] = [];
      await extractBatches(images, (batch) => void parts.push(batch));
      return joined(manifest, parts);
    },
    dispose: () => session.dispose(),
  };
}

/** A model is not the one that a record or an earlier download speaks of. */
export const wrongHash = (
  { id, file }: ExtractorManifest,
  expected: string,
  got: string,
): GanymedeError =>
  new GanymedeError("EXTRACTOR_HASH", {
    where: `extractor ${id}`,
    expected: `${file} with SHA-256 ${expected}`,
    got,
    fix: "get the file again: scores of another extractor cannot be compared",
  });

function fingerprintOf({ input, outputs }: ExtractorManifest, hash: string): string {
  const { channels, height, width, range, normalise, resize } = input;
  const values = range ? `[${range}]` : `(v-[${normalise!.mean}])/[${normalise!.std}]`;
  const { name, take } = outputs.features;
  const output = take ? `${name}:${take}` : name;
  return [hash, output, `${channels}x${height}x${width}`, values, resize].join(" ");
}

interface Running {
  readonly manifest: ExtractorManifest;
  readonly session: Session;
  readonly provider: Provider;
}

/** Fills batches from the stream and runs them; only the last one may be short. */
async function run(
  running: Running,
  images: ImageStream,
  onBatch: (batch: Extraction, from: number) => void | Promise<void>,
): Promise<number> {
  const { manifest } = running;
  const { batch, channels, height, width } = manifest.input;
  const most = batch === "any" ? freeBatch : batch;
  const size = channels * height * width;
  const prepare = makePreparer(manifest);
  const read = makeReader(manifest);
  let rows = new Float32Array(most * size);
  let [filled, done] = [0, 0];
  const flush = async () => {
    const shown = batch === "any" ? filled : most;
    const results = await infer(running, rows.subarray(0, shown * size), shown);
    const said = await read(results, filled, rows);
    for (const value of Object.values(results)) value.dispose();
    await onBatch(said, done);
    done += filled;
    filled = 0;
    rows = new Float32Array(most * size);
  };
  for await (const piece of "data" in images ? [images] : images) {
    const next = prepare(piece, done + filled);
    for (let i = 0; i < piece.count; i++) {
      next(i, rows.subarray(filled * size, (filled + 1) * size));
      if (++filled === most) await flush();
    }
  }
  if (filled > 0) await flush();
  return done;
}

async function infer(
  { manifest, session, provider }: Running,
  rows: Float32Array,
  count: number,
): Promise<Record<string, Value>> {
  const { name, channels, height, width } = manifest.input;
  const value = provider.value("f32", [count, channels, height, width], rows);
  try {
    return await session.run({ [name]: value });
  } catch (cause) {
    throw new GanymedeError(
      "SESSION",
      {
        where: `extractor ${manifest.id}`,
        expected: `a model that takes ${name} f32[${count},${channels},${height},${width}]`,
        got: cause instanceof Error ? cause.message : String(cause),
        fix: "correct the input in the extractor's record",
      },
      { cause },
    );
  } finally {
    value.dispose();
  }
}

function joined({ outputs, classes }: ExtractorManifest, parts: readonly Extraction[]): Extraction {
  const join = (rows: readonly FloatRows[], width: number): FloatRows => {
    const count = rows.reduce((sum, r) => sum + r.count, 0);
    const data = new Float32Array(count * width);
    let at = 0;
    for (const r of rows) {
      data.set(r.data, at);
      at += r.data.length;
    }
    return { count, width, data };
  };
  const features = join(
    parts.map((p) => p.features),
    outputs.features.width,
  );
  if (outputs.probabilities === undefined) return { features };
  const said = parts.map((p) => p.probabilities!);
  return { features, probabilities: join(said, classes!.length) };
}

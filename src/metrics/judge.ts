import { GanymedeError } from "../core/errors.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { Provider } from "../engine/run/provider.ts";

/** What a classifier's file says of itself, in the JSON record beside it. */
export interface JudgeManifest {
  readonly id: string;
  /** The model, beside the record. */
  readonly file: string;
  /** SHA-256 of the model's bytes, in hexadecimal. */
  readonly sha256: string;
  readonly input: {
    readonly name: string;
    /** Of one image. */
    readonly shape: readonly number[];
    /** Images of one run: the model's first axis. */
    readonly batch: number;
    readonly range: readonly [number, number];
  };
  readonly outputs: { readonly logits: string; readonly probabilities: string };
  readonly classes: readonly string[];
  /** How it was made: accuracy, seed, steps, command. For readers; nothing depends on it. */
  readonly training?: Readonly<Record<string, unknown>>;
}

/** A classifier that says what generated images show. It has never met the net that made them. */
export interface Judge {
  readonly manifest: JudgeManifest;
  /** Images [n, …shape] in the manifest's range → p(class | image) [n, classes], row-major. */
  probabilities(images: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * Starts a judge on any provider.
 *
 * @throws GanymedeError JUDGE_HASH when the model is not the one that the manifest describes, SESSION
 *   when the provider cannot run it
 */
export async function startJudge(
  manifest: JudgeManifest,
  model: Uint8Array,
  provider: Provider,
): Promise<Judge> {
  const found = await sha256(model);
  if (found !== manifest.sha256) {
    throw new GanymedeError("JUDGE_HASH", {
      where: `judge ${manifest.id}`,
      expected: `${manifest.file} with SHA-256 ${manifest.sha256}`,
      got: found,
      fix: "get the file again: scores of another judge cannot be compared",
    });
  }
  const session = await provider.create(model);
  const { input, outputs, classes } = manifest;
  const size = sizeOf(input.shape);
  const runBatch = async (rows: Float32Array): Promise<Float32Array> => {
    const images = provider.value("f32", [input.batch, ...input.shape], rows);
    const results = await session.run({ [input.name]: images });
    const said = (await results[outputs.probabilities]!.data()) as Float32Array;
    for (const value of [images, ...Object.values(results)]) value.dispose();
    return said;
  };
  return {
    manifest,
    async probabilities(images) {
      const count = countOf(manifest, images, size);
      const all = new Float32Array(count * classes.length);
      for (let from = 0; from < count; from += input.batch) {
        const rows = new Float32Array(input.batch * size);
        rows.set(images.subarray(from * size, (from + input.batch) * size));
        const left = (count - from) * classes.length;
        all.set((await runBatch(rows)).subarray(0, left), from * classes.length);
      }
      return all;
    },
    dispose: () => session.dispose(),
  };
}

/** Whole images of finite values, or a `JUDGE_INPUT` error: a score of anything else means nothing. */
function countOf({ id, input }: JudgeManifest, images: Float32Array, size: number): number {
  const count = images.length / size;
  const bad = images.findIndex((v) => !Number.isFinite(v));
  if (Number.isInteger(count) && bad < 0) return count;
  throw new GanymedeError("JUDGE_INPUT", {
    where: `judge ${id}`,
    expected: `finite images of [${input.shape}]`,
    got: bad < 0 ? `${images.length} values` : `${images[bad]} in image ${Math.floor(bad / size)}`,
    fix:
      bad < 0 ? "resize the images to the judge's size" : "look for where the generator diverged",
  });
}

/** Of the bytes, in hexadecimal; the platform's own, so that it runs in browsers too. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
}

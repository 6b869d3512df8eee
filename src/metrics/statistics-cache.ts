import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../core/safetensors.ts";
import type { Remember, Stock } from "./evidence.ts";
import type { FeatureMoments } from "./feature-moments.ts";

/**
 * Keeps moments of features in `folder`, one file for each content and extractor: the key is a hash of
 * the items themselves and of all that the features depend on, so that nothing stale is ever found.
 * Cost of a hit: one pass over the items. A damaged file is made anew; a folder that cannot be written
 * keeps nothing.
 */
export const statisticsCache =
  (folder: string): Remember =>
  async (stock, extractor, make) => {
    const file = join(folder, `${await keyOf(stock, extractor.fingerprint)}.safetensors`);
    const known = read(file);
    if (known) return known;
    const moments = await make();
    keep(file, moments);
    return moments;
  };

async function keyOf({ shape, range, pieces }: Stock, fingerprint: string): Promise<string> {
  const hash = createHash("sha256").update(`${fingerprint}\n${shape}\n${range}\n`);
  for await (const piece of pieces()) {
    hash.update(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
  }
  return hash.digest("hex").slice(0, 32);
}

function read(file: string): FeatureMoments | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { tensors, metadata } = decodeSafetensors(readFileSync(file), file);
    const [mean, covariance] = ["mean", "covariance"].map((name) => tensors.get(name)?.data);
    const count = Number(metadata.count);
    if (!(mean instanceof Float64Array && covariance instanceof Float64Array)) return undefined;
    return { count, width: mean.length, mean, covariance };
  } catch (error) {
    if (error instanceof GanymedeError) return undefined;
    throw error;
  }
}

function keep(file: string, { count, width, mean, covariance }: FeatureMoments): void {
  const tensors = new Map<string, StoredTensor>([
    ["mean", { dtype: "F64", shape: [width], data: mean }],
    ["covariance", { dtype: "F64", shape: [width, width], data: covariance }],
  ]);
  try {
    writeAtomic(file, encodeSafetensors(tensors, { count: String(count) }));
  } catch (error) {
    if (!(error instanceof GanymedeError)) throw error;
  }
}

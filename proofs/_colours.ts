/** FID* of coloured pictures, by a net that saw grey ones alone and took no part in the training. */
import type { Source } from "../src/data/source.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import { openExtractor } from "../src/metrics/extractor-file.ts";
import { momentsOf } from "../src/metrics/feature-moments.ts";
import { frechetDistance } from "../src/metrics/frechet.ts";
import { look } from "./_images.ts";
import type { Play } from "./_play.ts";

/** Scores generators of coloured pictures against fresh data of the same source. */
export interface ColourJury {
  /** FID* of `count` samples. */
  fid(play: Play, seed: number): Promise<number>;
  dispose(): Promise<void>;
}

/** No training's: batches of a seed and of this one have nothing in common. */
const fresh = 1_000_003;

/**
 * A picture's features are the encoder's of its red, green and blue planes, side by side: 192 numbers, of
 * which the covariance says what the planes have to do with each other.
 */
export async function openColourJury(
  provider: Provider,
  { source, count }: { readonly source: Source; readonly count: number },
): Promise<ColourJury> {
  const side = source.fields.image!.shape[1]!;
  const encoder = await openExtractor(provider, "encoder");
  const moments = async (raw: Float32Array) => {
    const { features } = await look(encoder, raw, side);
    const [planes, width] = [features.count, features.width];
    return momentsOf({ count: planes / 3, width: 3 * width, data: features.data });
  };
  const reference = await moments(Float32Array.from(source.batch(0, count, fresh).image!));
  return {
    fid: async (play, seed) =>
      frechetDistance(await moments(await play.samples(count, seed)), reference).distance,
    dispose: () => encoder.dispose(),
  };
}

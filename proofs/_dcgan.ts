/** A DCGAN of digits, and what its discriminator makes of pictures. */
import type { Asked } from "../src/app/config.ts";
import { dcganMaps } from "../src/gan/nets/dcgan.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { module } from "../src/nn/module.ts";
import { maxPool } from "../src/nn/pool.ts";
import { flatten } from "../src/nn/shape.ts";
import { digits } from "./_images.ts";
import { lay, Play } from "./_play.ts";
import type { ProofContext } from "./_proof.ts";

export const side = 32;
const width = 24;

/** The paper's nets and momentum at a third of its latent and width, since digits are small. */
export const dcganOfDigits: Asked = {
  system: "dcgan",
  ...digits(side),
  options: {
    batch: 64,
    latent: 24,
    width,
    discriminatorWidth: width,
    generatorRate: 5e-4,
    discriminatorRate: 5e-4,
    averageHalfLife: 20_000,
  },
};

/** The DCGAN of a seed, before training. */
export const openDcgan = async ({ provider }: ProofContext, seed: number): Promise<Play> =>
  new Play(await lay(dcganOfDigits), provider, seed);

/** The discriminator's maps, under the names that it trains. */
const maps = module("d", dcganMaps({ image: [1, side, side], width }));

/** Images of one call. */
const together = 250;

/**
 * What the discriminator as it is now makes of raw digits: every map's maxima on a 4x4 grid, as
 * section 4.1 of the paper pools them.
 */
export async function pooledFeatures(play: Play, raw: Float32Array): Promise<Rows> {
  const size = side * side;
  const count = raw.length / size;
  const pieces: Float32Array[] = [];
  for (let from = 0; from < count; from += together) {
    const n = Math.min(together, count - from);
    const x = {
      shape: [n, 1, side, side],
      data: play.seen(raw.subarray(from * size, (from + n) * size)),
    };
    const read = await play.look({ x }, ({ x }, trace) => {
      const pooled = maps
        .net(x!, trace.scope("d"))
        .map((map, i) => [
          `map${i}`,
          flatten(maxPool(map.shape[2]! / 4)(map, trace.scope("d")), trace.scope("d")),
        ]);
      return Object.fromEntries(pooled);
    });
    pieces.push(sideBySide(Object.values(read), n));
  }
  const data = new Float32Array(pieces.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    data.set(piece, at);
    at += piece.length;
  }
  return { count, width: data.length / count, data };
}

function sideBySide(parts: readonly Float32Array[], count: number): Float32Array {
  const widths = parts.map((p) => p.length / count);
  const total = widths.reduce((a, b) => a + b, 0);
  const out = new Float32Array(count * total);
  let at = 0;
  parts.forEach((part, k) => {
    const w = widths[k]!;
    for (let i = 0; i < count; i++) out.set(part.subarray(i * w, (i + 1) * w), i * total + at);
    at += w;
  });
  return out;
}

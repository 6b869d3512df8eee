import { stream } from "../src/core/random.ts";
import { assign } from "../src/metrics/assignment.ts";
import type { Score } from "../src/metrics/metric.ts";
import { transportCost } from "../src/metrics/projections.ts";
import { pyramidDistance } from "../src/metrics/scores/swd-pyramid.ts";
import { gaussianBlur } from "./_degradations.ts";
import { garments, openPictures } from "./_images.ts";
import type { Proof, ProofContext } from "./_proof.ts";

const side = 28;
const [finest, coarsest] = ["28x28", "7x7"];

/** 0.5 pixels: of a deviation that the level of 14 hardly holds and that of 7 does not. */
const slight = 0.5 / (side / 8);

/** Channels of a reddish brown, and of a hue that is turned from it by some 40 degrees. */
const [tint, turned] = [
  [0.9, 0.5, 0.3],
  [0.75, 0.65, 0.3],
];

export const proof: Proof = {
  id: "swd-pyramid",
  claim:
    "each level of the pyramid speaks of its own size of detail: blur is fine, light and hue coarse",
  row: {
    family: "evaluation",
    mechanism:
      "Laplacian pyramid; 7x7 patches of each level, standardised by channel; mean Wasserstein-1 of their " +
      "sorted projections onto 512 directions",
    parts: [
      "src/metrics/scores/swd-pyramid.ts",
      "src/metrics/laplacian-pyramid.ts",
      "src/metrics/projections.ts",
    ],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "1-D: largest error of W1": {
      atMost: 1e-12,
      because: "the row: exact; the reference is the best of all pairings, found by assignment",
    },
    "blur: finest level over real against real": { atLeast: 10, because: "the row's bound" },
    "blur: coarsest level over real against real": { atMost: 2, because: "the row's bound" },
    "contrast: rise of the coarsest over the greatest other": {
      atLeast: 1,
      because: "the row: the coarsest rises most",
    },
    "hue: rise of the coarsest over the greatest other": {
      atLeast: 1,
      because: "the row: the coarsest rises most",
    },
  },
  async run(context) {
    const figures: Record<string, number[]> = {};
    for (const seed of context.seeds) {
      const found = {
        "1-D: largest error of W1": worstError(seed),
        ...(await onGarments(context, seed)),
      };
      for (const [name, value] of Object.entries(found)) {
        figures[name] = [...(figures[name] ?? []), value];
      }
      context.say(`seed ${seed}: ${JSON.stringify(found)}`);
    }
    return figures;
  },
};

/** Largest difference between sorting and the cheapest of all pairings, of samples that overlap. */
function worstError(seed: number): number {
  const n = 12;
  let worst = 0;
  for (let k = 0; k < 20; k++) {
    const drawn = stream(seed, "proof/line", k).normal(new Float64Array(2 * n));
    const [a, b] = [
      drawn.slice(0, n).sort(),
      drawn
        .slice(n)
        .map((v) => 2 * v + 1)
        .sort(),
    ];
    const costs = Float64Array.from({ length: n * n }, (_, at) =>
      Math.abs(a[Math.floor(at / n)]! - b[at % n]!),
    );
    const pairing = assign(costs);
    worst = Math.max(worst, Math.abs(transportCost(a, b, Math.abs) - pairing.cost / n));
  }
  return worst;
}

async function onGarments({ size }: ProofContext, seed: number): Promise<Record<string, number>> {
  const pictures = garments(side, { smoke: size(0, 1) === 1 });
  const drawn = async (split: "train" | "test") =>
    (await openPictures(pictures, split))(size(4000, 12), seed).raw;
  const [real, other] = [await drawn("train"), await drawn("test")];
  const options = { seed, projections: size(512, 4), patches: 16 };
  const grey = (fake: Float32Array) => distance(real, fake, { ...options, channels: 1 });
  const coloured = (fake: Float32Array, by: readonly number[]) =>
    distance(inChannels(real, tint), inChannels(fake, by), { ...options, channels: 3 });
  const floor = grey(other);
  const blurred = grey(gaussianBlur(other, { side, level: slight, seed }));
  const faded = grey(other.map((v) => 0.8 * v));
  const [colourFloor, hue] = [coloured(other, tint), coloured(other, turned)];
  return {
    "blur: finest level over real against real": blurred.parts![finest]! / floor.parts![finest]!,
    "blur: coarsest level over real against real":
      blurred.parts![coarsest]! / floor.parts![coarsest]!,
    "contrast: rise of the coarsest over the greatest other": lead(faded, floor),
    "hue: rise of the coarsest over the greatest other": lead(hue, colourFloor),
    ...named("real against real", floor),
    ...named("blur of 0.5 px", blurred),
    ...named("contrast of 0.8", faded),
    ...named("hue", hue),
  };
}

const named = (what: string, { parts }: Score) =>
  Object.fromEntries(Object.entries(parts!).map(([level, v]) => [`${what}: ${level}`, v]));

/** By how much the coarsest level rises above its floor, over the greatest rise of another. */
function lead({ parts: now }: Score, { parts: floor }: Score): number {
  const rise = (level: string) => now![level]! - floor![level]!;
  const others = Object.keys(now!).filter((level) => level !== coarsest);
  return rise(coarsest!) / Math.max(...others.map(rise));
}

/** Grey pictures as [c, side, side], a factor a channel. */
function inChannels(raw: Float32Array, factors: readonly number[]): Float32Array {
  const size = side * side;
  const out = new Float32Array(raw.length * factors.length);
  for (let at = 0; at < raw.length; at += size) {
    factors.forEach((factor, c) => {
      const to = at * factors.length + c * size;
      for (let k = 0; k < size; k++) out[to + k] = factor * raw[at + k]!;
    });
  }
  return out;
}

interface Seen {
  readonly channels: number;
  readonly seed: number;
  readonly projections: number;
  readonly patches: number;
}

function distance(real: Float32Array, fake: Float32Array, { channels, ...how }: Seen): Score {
  const width = channels * side * side;
  const rows = (data: Float32Array) => ({ count: data.length / width, width, data });
  return pyramidDistance(rows(real), rows(fake), { ...how, shape: [channels, side, side] });
}

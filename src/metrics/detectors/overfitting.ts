import type { Detector } from "./detector.ts";

/** Above this share of the way from training items to fakes, held-out data are taken for fakes. */
const overfitAbove = 0.5;

/** Standard errors that a difference must have. */
const sure = 3;

interface Moments {
  readonly mean: number;
  readonly error: number;
}

function momentsOf(values: Float32Array): Moments {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

const differ = (a: Moments, b: Moments): boolean =>
  a.mean - b.mean > sure * Math.hypot(a.error, b.error);

/**
 * r = (E D(train) − E D(held out))/(E D(train) − E D(fake)): 0 when the discriminator treats fresh
 * data as the data that it learnt, 1 when it takes them for fakes. Karras et al. 2020,
 * arXiv:2006.06676, equation 1. Silent until it tells data from fakes at all.
 */
export const overfitting: Detector = {
  id: "overfitting",
  about: "a discriminator that knows its training items by heart",
  gauges: {
    overfit: "how far fresh data are judged like fakes: 0 as the data it learnt, 1 as fakes",
  },
  watch({ judged }) {
    if (!judged?.heldOut) return { gauges: {} };
    const train = momentsOf(judged.train);
    const heldOut = momentsOf(judged.heldOut);
    const fake = momentsOf(judged.fake);
    if (!differ(train, fake)) return { gauges: {} };
    const overfit = (train.mean - heldOut.mean) / (train.mean - fake.mean);
    const gauges = { overfit };
    if (overfit <= overfitAbove || !differ(train, heldOut)) return { gauges };
    const share = `${Math.round(100 * overfit)} %`;
    const text = `the discriminator knows its training items by heart: fresh data go ${share} of the way to fakes`;
    return {
      gauges,
      alarm: {
        text,
        tryNext: [
          "augmentation of all that the discriminator sees, or more data",
          "a gradient penalty at data (r1), or a smaller discriminator",
          "stop here: samples seldom get better after this",
        ],
      },
    };
  },
};

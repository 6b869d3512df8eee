import type { Rows } from "../metric.ts";
import { eachDistanceBlock } from "../neighbours.ts";
import type { Detector } from "./detector.ts";

/** Below this share of the data's own spread, most samples look alike. */
const collapsedBelow = 0.3;

/** Below this share of its own best, a generator has lost most of the variety that it had. */
const lostBelow = 0.5;

/** From one look to the next a spread that grows by this factor is on its way. */
const growth = 1.05;

/** Mean Euclidean distance between two different rows. */
export function spreadOf(rows: Rows): number {
  let sum = 0;
  eachDistanceBlock(rows, rows, ({ countA, countB, squares, stride }) => {
    for (let i = 0; i < countA; i++) {
      for (let j = 0; j < countB; j++) sum += Math.sqrt(Math.max(0, squares[i * stride + j]!));
    }
  });
  return sum / (rows.count * (rows.count - 1));
}

/** The first `count` rows. */
export const head = ({ width, data }: Rows, count: number): Rows => ({
  count,
  width,
  data: data.subarray(0, count * width),
});

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const tryNext = [
  "go back to an earlier checkpoint: a generator seldom comes back by itself",
  "a smaller learning rate of the generator, or a larger batch",
  "a gradient penalty (wgan-gp, r3gan), minibatch discrimination or unrolled steps",
];

/**
 * The mean distance between samples of the same codes, as a share of that between as many items of
 * the data, and against its own best: 1 is right, near 0 all samples are one.
 */
export const collapse: Detector = {
  id: "collapse",
  about: "many samples look alike",
  gauges: {
    spread: "mean distance between samples over that between items of the data; 1 is right",
  },
  watch({ fakes, train, past }) {
    const real = spreadOf(head(train, Math.min(fakes.count, train.count)));
    if (!(real > 0)) return { gauges: {} };
    const spread = spreadOf(fakes) / real;
    const best = Math.max(...past.map((gauges) => gauges.spread ?? 0), 0);
    const gauges = { spread };
    // At first a generator has yet to learn variety: while its samples part, nothing is lost.
    const parting = spread > growth * (past.at(-1)?.spread ?? 0);
    if (spread < collapsedBelow && past.length >= 2 && !parting) {
      const text = `many samples look alike: they lie ${percent(spread)} as far apart as the data`;
      return { gauges, alarm: { text, tryNext } };
    }
    if (best <= 1.5 && spread < lostBelow * best) {
      const text = `samples grow alike: they lay ${percent(best)} as far apart as the data, now ${percent(spread)}`;
      return { gauges, alarm: { text, tryNext } };
    }
    return { gauges };
  },
};

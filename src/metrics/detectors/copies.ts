import type { Rows } from "../metric.ts";
import { nearestIn, neighbourSquares } from "../neighbours.ts";
import { copyRadius } from "../scores/nearest-neighbours.ts";
import type { Detector } from "./detector.ts";

/** Of fresh data 1 % lie within the radius; more than this share of samples is no accident. */
const many = 0.08;

const radii = new WeakMap<Rows, number>();

/** The distance within which 1 % of the training items have another one; worked out once a set. */
function radiusOf(train: Rows): number {
  const known = radii.get(train);
  if (known !== undefined) return known;
  const [squares] = neighbourSquares(train, [1]);
  const radius = copyRadius(squares!.map(Math.sqrt));
  radii.set(train, radius);
  return radius;
}

/**
 * The share of samples nearer to a training item than the nearest 1 % of training items are to each
 * other. Copies of items outside the part of the data that is looked at are not seen.
 */
export const copies: Detector = {
  id: "copies",
  about: "samples that repeat training items",
  gauges: { copies: "share of samples that lie on a training item; 0.01 is right" },
  watch({ fakes, train, finite }) {
    if (!finite || train.count < 2) return { gauges: {} };
    const radius = radiusOf(train);
    const near = nearestIn(fakes, train).distance.filter((d) => d <= radius).length;
    const share = near / fakes.count;
    const gauges = { copies: share };
    if (share <= many) return { gauges };
    const text = `${Math.round(100 * share)} % of samples repeat items of the data (1 % would be chance)`;
    return {
      gauges,
      alarm: {
        text,
        tryNext: [
          "more data, or augmentation",
          "fewer steps: keep the best checkpoint",
          "smaller nets",
        ],
      },
    };
  },
};

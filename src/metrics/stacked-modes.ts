import type { Extractor, ImageStream } from "./extractor.ts";
import type { Rows } from "./metric.ts";
import { klToUniform } from "./modes.ts";

/** How stacked digits lie about the 1,000 triples. */
export interface StackedModes {
  readonly count: number;
  readonly modes: number;
  /** Triples that at least one image shows. */
  readonly hit: number;
  /** KL(q ‖ uniform) in nats, q being the shares of the triples: 0 = even, ln 1000 = one only. */
  readonly reverseKl: number;
}

/** 10³ */
const triples = 1000;

/**
 * Counts the triples of digits (100·red + 10·green + blue) that a classifier sees in images of three
 * stacked digits. Metz, Poole, Pfau, Sohl-Dickstein 2017, arXiv:1611.02163, section 3.3.1; the
 * field's number of images is 25,600 or 26,000, and `hit` of fewer is lower.
 *
 * @param digits a classifier of one digit, whose ten classes are 0 to 9 in order
 * @param planes [n·3, 1, h, w], n ≥ 1: the images [n, 3, h, w], whose planes lie one after another
 * @throws GanymedeError as `Extractor.extract` does
 */
export async function stackedModes(digits: Extractor, planes: ImageStream): Promise<StackedModes> {
  const perTriple = new Float64Array(triples);
  let [seen, label] = [0, 0];
  await digits.extractBatches(planes, ({ probabilities }) => {
    for (let i = 0; i < probabilities!.count; i++) {
      label = label * 10 + likeliest(probabilities!, i);
      seen += 1;
      if (seen % 3 > 0) continue;
      perTriple[label]! += 1;
      label = 0;
    }
  });
  return stackedModesOf(perTriple);
}

/** The report from images per triple. */
export function stackedModesOf(perTriple: ArrayLike<number>): StackedModes {
  const counts = Array.from(perTriple);
  const count = counts.reduce((a, b) => a + b, 0);
  return {
    count,
    modes: counts.length,
    hit: counts.filter((n) => n > 0).length,
    reverseKl: klToUniform(counts, count),
  };
}

function likeliest({ data, width }: Rows, row: number): number {
  let best = 0;
  for (let k = 1; k < width; k++) {
    if (data[row * width + k]! > data[row * width + best]!) best = k;
  }
  return best;
}

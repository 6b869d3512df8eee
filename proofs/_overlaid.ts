/** A judge of digits that has seen two laid over each other, and may say that a picture is no digit. */
import { stream } from "../src/core/random.ts";
import { trainClassifier } from "../src/metrics/_classifier.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { type Labelled, openPictures, type Pictures, scaled } from "./_images.ts";
import type { ProofContext } from "./_proof.ts";
import { softmax } from "./_sums.ts";

const digits = 10;

/** Of its lessons; where half are mixtures, it comes to doubt one real digit in thirty too. */
const mixedShare = 0.1;

/** From this share on, what shines through is no doubt about the digit. */
const mostlyOne = 0.7;

/** Training pictures in [−1, 1], a tenth of them with another laid over: under a class of their own. */
function lessons({ raw, labels }: Labelled, area: number, seed: number) {
  const count = labels.length;
  const others = stream(seed, "proof/overlaid").permutation(count);
  const drawn = stream(seed, "proof/shares").uniform(new Float32Array(2 * count));
  const data = new Float32Array(raw.length);
  const taught = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const other = others[i]!;
    const share = drawn[2 * i]! < mixedShare ? (1 + drawn[2 * i + 1]!) / 2 : 1;
    for (let k = 0; k < area; k++) {
      data[i * area + k] = scaled(
        share * raw[i * area + k]! + (1 - share) * raw[other * area + k]!,
      );
    }
    const one = share >= mostlyOne || labels[i] === labels[other];
    taught[i] = one ? labels[i]! : digits;
  }
  return { items: { count, width: area, data }, labels: taught };
}

export interface OverlaidJudge {
  /** p(digit | picture) of raw pictures, [n, 10]; what a row lacks to 1 is that it is no digit. */
  probabilities(raw: Float32Array): Promise<Rows>;
  dispose(): Promise<void>;
}

/**
 * Learns the training part of pictures of digits; a tenth of its lessons are fades of two, which are no
 * digit where neither has 0.7 of the light and they are not the same one.
 */
export async function openOverlaidJudge(
  { provider, size }: ProofContext,
  pictures: Pictures,
): Promise<OverlaidJudge> {
  const { side } = pictures.dataOptions;
  const area = side ** 2;
  const known = (await openPictures(pictures, "train"))(size(60_000, 200), 0);
  const classifier = await trainClassifier({
    ...lessons(known, area, 0),
    classes: digits + 1,
    shape: [1, side, side],
    seed: 0,
    provider,
    steps: size(12_000, 25),
  });
  return {
    async probabilities(raw) {
      const items = { count: raw.length / area, width: area, data: raw.map(scaled) };
      return ofDigits(await classifier.logits(items));
    },
    dispose: () => classifier.dispose(),
  };
}

/** Of rows of eleven logits, the last that of no digit. */
function ofDigits({ count, width, data }: Rows): Rows {
  const probabilities = new Float64Array(count * digits);
  for (let i = 0; i < count; i++) {
    const row = Float64Array.from(data.subarray(i * width, (i + 1) * width));
    probabilities.set(softmax(row).subarray(0, digits), i * digits);
  }
  return { count, width: digits, data: probabilities };
}

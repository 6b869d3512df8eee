import { GanymedeError } from "../../core/errors.ts";
import { stream } from "../../core/random.ts";
import { requireLabels } from "../_checks.ts";
import { type Lesson, likeliest, trainClassifier } from "../_classifier.ts";
import { pickRows, requireComparable } from "../_rows.ts";
import { shareScore } from "../bootstrap.ts";
import type { Metric, Rows, Score } from "../metric.ts";

/** Items and the class of each. */
export interface Labelled {
  readonly items: Rows;
  readonly labels: Int32Array;
}

/** Trains a classifier on `taught` and counts its right answers on `asked`. */
export async function rightAnswers(
  taught: Labelled,
  asked: Labelled,
  options: Omit<Lesson, "items" | "labels">,
): Promise<number> {
  const classifier = await trainClassifier({ ...taught, ...options });
  const said = likeliest(await classifier.logits(asked.items));
  await classifier.dispose();
  return said.filter((c, i) => c === asked.labels[i]).length;
}

/** A random half of the items, and the other half. */
function halves({ items, labels }: Labelled, seed: number): [Labelled, Labelled] {
  const order = stream(seed, "cas/halves").permutation(items.count);
  const middle = Math.floor(items.count / 2);
  const part = (at: Uint32Array) => ({
    items: pickRows(items, at),
    labels: Int32Array.from(at, (i) => labels[i]!),
  });
  return [part(order.subarray(0, middle)), part(order.subarray(middle))];
}

export const cas: Metric = {
  id: "cas",
  about:
    "accuracy on real items of a classifier trained on fakes; Wilson interval; part realAccuracy: trained on the other half of the real items instead",
  better: "higher",
  range: "0 to 1; perfect: realAccuracy or more; guessing: 1/classes",
  source: "Ravuri, Vinyals 2019, arXiv:1905.10887, section 3",
  needs: ["items", "labels"],
  async measure({ real, fake, shape, seed, provider, classes: names }): Promise<Score> {
    const reals = { items: await real.items(), labels: await real.labels() };
    const fakes = { items: await fake.items(), labels: await fake.labels() };
    const classes = names?.length ?? Math.max(...reals.labels) + 1;
    requireComparable(reals.items, fakes.items, "cas", 2);
    requireLabels(reals.labels, { count: reals.items.count, classes }, "cas, real side");
    requireLabels(fakes.labels, { count: fakes.items.count, classes }, "cas, fake side");
    if (classes < 2) {
      throw new GanymedeError("METRIC_DEGENERATE", {
        where: "cas",
        expected: "at least 2 classes",
        got: String(classes),
        fix: "use data with several classes",
      });
    }
    const [taught, asked] = halves(reals, seed);
    const options = { classes, shape, seed, provider };
    const hits = await rightAnswers(fakes, asked, options);
    const baseline = await rightAnswers(taught, asked, options);
    const count = asked.items.count;
    const realAccuracy = baseline / count;
    const missing = Array.from({ length: classes }, (_, c) => c).filter(
      (c) => !fakes.labels.includes(c),
    );
    return {
      ...shareScore(hits, count),
      parts: { realAccuracy, gap: realAccuracy - hits / count },
      ...(missing.length > 0 && {
        warnings: [`No fakes of ${missing.map((c) => names?.[c] ?? c).join(", ")}.`],
      }),
    };
  },
};

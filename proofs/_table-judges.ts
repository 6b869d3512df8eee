/** What rows of `tab-synthetic` that were made are worth, said by classifiers that learn from them. */
import { tabColumns } from "../src/data/tab.ts";
import { likeliest, trainClassifier } from "../src/metrics/_classifier.ts";
import { twoSampleVerdicts } from "../src/metrics/_two-sample.ts";
import type { Rows } from "../src/metrics/metric.ts";
import type { ProofContext } from "./_proof.ts";

const asRows = (data: Float32Array, width: number): Rows => ({
  count: data.length / width,
  width,
  data,
});

/** Share of verdicts, of a classifier that learns to tell the two sets apart, that are right; ½ is chance. */
export async function twoSampleAccuracy(
  { provider, size }: ProofContext,
  held: Float32Array,
  made: Float32Array,
  seed: number,
): Promise<number> {
  const options = { seed, provider, steps: size(1000, 25) };
  const { real, fake } = await twoSampleVerdicts(asRows(held, 8), asRows(made, 8), options);
  const hits = real.filter((v) => v > 0).length + fake.filter((v) => v <= 0).length;
  return hits / (real.length + fake.length);
}

export interface Judged {
  readonly accuracy: number;
  /** Between the shares of the two groups that are told 1. */
  readonly gap: number;
}

/** Of classifiers that learn from one set of rows each. */
export async function meanDownstream(
  context: ProofContext,
  sets: readonly Float32Array[],
  held: Float32Array,
  seed: number,
): Promise<Judged> {
  const judged: Judged[] = [];
  for (const rows of sets) judged.push(await downstream(context, rows, held, seed));
  const mean = (of: (j: Judged) => number) =>
    judged.reduce((sum, j) => sum + of(j), 0) / judged.length;
  return { accuracy: mean((j) => j.accuracy), gap: mean((j) => j.gap) };
}

/** A classifier of the label by all other columns, learnt from `rows` and asked about `held`. */
export async function downstream(
  { provider, size }: ProofContext,
  rows: Float32Array,
  held: Float32Array,
  seed: number,
): Promise<Judged> {
  const columns = [tabColumns.group, 2, 3, 4, 5, 6, 7];
  const features = (of: Float32Array) =>
    asRows(
      Float32Array.from({ length: (of.length / 8) * columns.length }, (_, i) => {
        const row = Math.floor(i / columns.length);
        return of[8 * row + columns[i % columns.length]!]!;
      }),
      columns.length,
    );
  const column = (of: Float32Array, at: number) => of.filter((_, i) => i % 8 === at);
  const classifier = await trainClassifier({
    items: features(rows),
    labels: column(rows, tabColumns.label),
    classes: 2,
    seed,
    provider,
    steps: size(500, 25),
  });
  const said = likeliest(await classifier.logits(features(held)));
  await classifier.dispose();
  const [labels, groups] = [column(held, tabColumns.label), column(held, tabColumns.group)];
  const positive = (group: number) => {
    const those = said.filter((_, i) => groups[i] === group);
    return those.reduce((a, b) => a + b, 0) / those.length;
  };
  const right = said.filter((v, i) => v === labels[i]).length;
  return { accuracy: right / said.length, gap: Math.abs(positive(1) - positive(0)) };
}

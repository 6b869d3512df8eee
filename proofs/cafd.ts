import { stream } from "../src/core/random.ts";
import { pickRows } from "../src/metrics/_rows.ts";
import type { Extractor } from "../src/metrics/extractor.ts";
import { openExtractor } from "../src/metrics/extractor-file.ts";
import { type FeatureMoments, momentsOf } from "../src/metrics/feature-moments.ts";
import { frechetDistance } from "../src/metrics/frechet.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { spearman } from "../src/metrics/rank.ts";
import { type Classified, cafdOf } from "../src/metrics/scores/cafd.ts";
import { degradations } from "./_degradations.ts";
import { gaussianLike, lastLayer, swapClasses } from "./_feature-space.ts";
import { digits, look, openPictures } from "./_images.ts";
import type { Proof, ProofContext } from "./_proof.ts";

const side = 16;
const classes = 10;

const blind = { atMost: 2, because: "the row's bound; the moments are the same by construction" };
const seeing = { atLeast: 5, because: "the row's bound" };

export const proof: Proof = {
  id: "cafd",
  claim: "CAFD sees classes that have changed places under one mean and covariance; FID cannot",
  row: {
    family: "evaluation",
    mechanism: "Σ_k p_k·Fréchet_k between Gaussians per class, by a classifier of the domain",
    parts: ["src/metrics/scores/cafd.ts", "src/metrics/frechet.ts", "data/extractors/digits.json"],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "FID*, classes swapped, in noise floors": blind,
    "CAFD, classes swapped, in noise floors": seeing,
    "CAFD, classes swapped, as asked for, in noise floors": seeing,
    "CAFD, eight levels to half strength: least Spearman of five kinds": {
      atLeast: 0.95,
      because:
        "the row's bound, while the pictures still show digits: what a net says of pure noise has no order",
    },
    "greatest error of the last layer, refitted": {
      atMost: 1e-3,
      because: "of a probability: classes as seen are then those of the classifier itself",
    },
  },
  async run(context) {
    const figures: Record<string, number[]> = {};
    const note = (name: string, value: number) => {
      figures[name] ??= [];
      figures[name].push(value);
    };
    const [own, foreign] = await Promise.all(
      ["digits", "garments"].map((id) => openExtractor(context.provider, id)),
    );
    for (const seed of context.seeds) {
      const parts = {
        ...(await underSwap(context, own!, seed)),
        ...(await underDegradation(context, { own: own!, foreign: foreign! }, seed)),
      };
      for (const [name, value] of Object.entries(parts)) note(name, value);
      context.say(`seed ${seed} done`);
    }
    await Promise.all([own!.dispose(), foreign!.dispose()]);
    return figures;
  },
};

/**
 * Two halves of real digits in the features of their classifier; of the second one, pictures' features
 * moved so that pairs of classes change places and mean and covariance stay. Classes of items are those
 * that the classifier's last layer sees, or those asked for: then a fake of class k is an item of k.
 */
async function underSwap(
  { provider, size }: ProofContext,
  own: Extractor,
  seed: number,
): Promise<Record<string, number>> {
  const count = size(10_000, 300);
  const { raw, labels } = (await openPictures(digits(side), "train"))(count, seed);
  const { features, probabilities } = await look(own, raw, side);
  const some = raw.subarray(0, 1000 * side * side);
  const head = await lastLayer(provider, { features, raw: some, side });
  const half = (from: number) => {
    const at = Uint32Array.from({ length: count / 2 }, (_, i) => from + i);
    return { rows: pickRows(features, at), labels: labels.slice(from, from + count / 2) };
  };
  const [real, second] = [half(0), half(count / 2)];
  const pairs = stream(seed, "proof/pairs").permutation(classes);
  const swapped = swapClasses(second.rows, second.labels, pairs);
  const blob = gaussianLike(second.rows, seed);
  const fid = (fakes: Rows) => frechetDistance(momentsOf(real.rows), momentsOf(fakes)).distance;
  const seen = (rows: Rows): Classified => ({ features: rows, probabilities: head(rows) });
  const asked = (rows: Rows, labels: Int32Array): Classified => ({
    features: rows,
    probabilities: oneHot(labels),
  });
  const cafd = (fakes: Rows) => cafdOf(seen(real.rows), seen(fakes)).value;
  const cafdAsked = (fakes: Rows) =>
    cafdOf(asked(real.rows, real.labels), asked(fakes, second.labels)).value;
  const [fidFloor, cafdFloor, askedFloor] = [fid, cafd, cafdAsked].map((of) => of(second.rows));
  const refitted = Array.from(head(features).data, (p, i) => Math.abs(p - probabilities!.data[i]!));
  return {
    "greatest error of the last layer, refitted": refitted.reduce((a, b) => Math.max(a, b)),
    "FID* noise floor": fidFloor!,
    "CAFD noise floor": cafdFloor!,
    "CAFD noise floor, as asked for": askedFloor!,
    "FID*, classes swapped, in noise floors": fid(swapped) / fidFloor!,
    "CAFD, classes swapped, in noise floors": cafd(swapped) / cafdFloor!,
    "CAFD, classes swapped, as asked for, in noise floors": cafdAsked(swapped) / askedFloor!,
    "swapped items that the classifier takes for the other class": sharedWith(
      head(swapped),
      second.labels.map((c) => pairs[pairs.indexOf(c) ^ 1]!),
    ),
    "FID*, one Gaussian of the same moments, in noise floors": fid(blob) / fidFloor!,
    "CAFD, one Gaussian of the same moments, in noise floors": cafd(blob) / cafdFloor!,
  };
}

/** CAFD and FID* by the digits' net, and FID* by the garments', of one set of pictures. */
type Scores = Readonly<Record<string, number>>;

/** How well scores order eight levels of each degradation: up to half and up to full strength. */
async function underDegradation(
  { size }: ProofContext,
  { own, foreign }: { own: Extractor; foreign: Extractor },
  seed: number,
): Promise<Record<string, number>> {
  const [count, levels] = [size(750, 100), size(8, 2)];
  const see = async (raw: Float32Array) => {
    const { features, probabilities } = await look(own, raw, side);
    const moments = momentsOf(features);
    const strange = momentsOf((await look(foreign, raw, side)).features);
    return { classified: { features, probabilities: probabilities! }, moments, strange };
  };
  const real = await see((await openPictures(digits(side), "test"))(2 * count, seed).raw);
  const { raw } = (await openPictures(digits(side), "train"))(count, seed);
  const orders: Record<string, number[]> = {};
  for (const spoil of Object.values(degradations).slice(0, size(5, 2))) {
    const measured = new Map<number, Scores>();
    for (const top of [0.5, 1]) {
      const series: Scores[] = [];
      for (let k = 1; k <= levels; k++) {
        const level = (top * k) / levels;
        const known = measured.get(level);
        const scores = known ?? scoresOf(real, await see(spoil(raw, { side, level, seed })));
        measured.set(level, scores);
        series.push(scores);
      }
      for (const name of Object.keys(series[0]!)) {
        const figure = `${name}, eight levels to ${top === 1 ? "full" : "half"} strength`;
        orders[figure] ??= [];
        orders[figure].push(
          spearman(
            [...series.keys()],
            series.map((s) => s[name]!),
          ),
        );
      }
    }
  }
  return leastAndMean(orders);
}

interface Seen {
  readonly classified: Classified;
  readonly moments: FeatureMoments;
  readonly strange: FeatureMoments;
}

const scoresOf = (real: Seen, fake: Seen): Scores => ({
  CAFD: cafdOf(real.classified, fake.classified).value,
  "FID* by the same net": frechetDistance(real.moments, fake.moments).distance,
  "FID* by the garments' net": frechetDistance(real.strange, fake.strange).distance,
});

function leastAndMean(orders: Readonly<Record<string, readonly number[]>>) {
  const figures: Record<string, number> = {};
  for (const [name, values] of Object.entries(orders)) {
    figures[`${name}: least Spearman of five kinds`] = Math.min(...values);
    figures[`${name}: mean Spearman`] = values.reduce((a, b) => a + b, 0) / values.length;
  }
  return figures;
}

function oneHot(labels: Int32Array): Rows {
  const data = new Float64Array(labels.length * classes);
  labels.forEach((c, i) => {
    data[i * classes + c] = 1;
  });
  return { count: labels.length, width: classes, data };
}

/** Share of the rows whose most probable class is the one given. */
function sharedWith({ count, width, data }: Rows, wanted: Int32Array): number {
  const hits = wanted.filter((c, i) => {
    const row = data.subarray(i * width, (i + 1) * width);
    return row[c] === Math.max(...row);
  });
  return hits.length / count;
}

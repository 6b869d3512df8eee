import { stream } from "../src/core/random.ts";
import type { Extractor } from "../src/metrics/extractor.ts";
import { openExtractor } from "../src/metrics/extractor-file.ts";
import { type FeatureMoments, momentsOf } from "../src/metrics/feature-moments.ts";
import { frechetDistance, frechetLimit } from "../src/metrics/frechet.ts";
import { spearman } from "../src/metrics/rank.ts";
import { fidOf } from "../src/metrics/scores/fid.ts";
import { inceptionScoreOf } from "../src/metrics/scores/inception-score.ts";
import { contamination, type Degradation, degradations } from "./_degradations.ts";
import { digits, garments, look, ofClasses, openPictures } from "./_images.ts";
import type { Proof, ProofContext } from "./_proof.ts";

const side = 16;

/** Those of the row; the sixth puts garments among the digits. */
const kinds = [...Object.keys(degradations), "other data"];
/** The sixth in another reading: one class of the data made too often. */
const kindsAndMore = [...kinds, "one class too often"];

const ordered = {
  atLeast: 0.99,
  because: "the row's bound; of five levels it takes the exact order",
};

export const proof: Proof = {
  id: "fid",
  claim: "FID is its closed form on Gaussians, and rises with every degradation where IS need not",
  row: {
    family: "evaluation",
    mechanism:
      "‖μ₁ − μ₂‖² + Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½) of features, by eigenvalues of LᵀΣ₂L with Σ₁ = LLᵀ",
    parts: [
      "src/metrics/feature-moments.ts",
      "src/metrics/frechet.ts",
      "src/metrics/symmetric.ts",
      "src/metrics/scores/fid.ts",
      "src/metrics/scores/inception-score.ts",
    ],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "error, two Gaussians": { atMost: 1e-6, because: "the row's bound; relative to the distance" },
    ...Object.fromEntries(kinds.map((kind) => [`FID*, ${kind}: Spearman`, ordered])),
    "IS* by the garments' classifier monotone, of six": {
      atMost: 4,
      because:
        "the row's bound, by a classifier of other classes, as in the source; 3 in the pilot",
    },
  },
  history:
    "a first run bound IS* by the digits' own classifier to at most 4 of six kinds, and missed: it " +
    "falls with all six, because a classifier of the data's own classes doubts every spoilt digit. " +
    "The source asks a net of other classes (Inception, about faces), as the garments' classifier is " +
    "one to digits: the bound is on that one now, the other is still reported",
  async run(context) {
    const figures: Record<string, number[]> = {};
    const note = (name: string, value: number) => {
      figures[name] ??= [];
      figures[name].push(value);
    };
    const laboratory = await openLaboratory(context);
    for (const seed of context.seeds) {
      note("error, two Gaussians", closedFormError(seed));
      const rows = await laboratory.measure(seed);
      for (const [name, value] of Object.entries(rows)) note(name, value);
      context.say(`seed ${seed} done`);
    }
    await laboratory.dispose();
    return figures;
  },
};

/** What the nets say of one set of pictures. */
interface Scores {
  readonly fid: number;
  readonly is: number;
  /** By a classifier of other things, as Inception is one to the faces of the source. */
  readonly foreign: number;
}

/** The data, and the nets: the encoder for FID*, the digits' classifier and the garments' for IS*. */
async function openLaboratory({ provider, size }: ProofContext) {
  const count = size(1500, 50);
  const levels = size(4, 1);
  const nets = await Promise.all(
    ["encoder", "digits", "garments"].map((id) => openExtractor(provider, id)),
  );
  const [encoder, classifier, foreign] = nets as [Extractor, Extractor, Extractor];
  const [train, held, strange] = await Promise.all([
    openPictures(digits(side), "train"),
    openPictures(digits(side), "test"),
    openPictures(garments(side, { smoke: size(0, 1) === 1 }), "train"),
  ]);
  const features = async (raw: Float32Array) => (await look(encoder, raw, side)).features;
  const inception = async (net: Extractor, raw: Float32Array) =>
    inceptionScoreOf((await look(net, raw, side)).probabilities!).value;
  async function measure(seed: number): Promise<Record<string, number>> {
    const real = momentsOf(await features(held(count, seed).raw));
    const { raw } = train(count, seed);
    const seen = await features(raw);
    const score = async (raw: Float32Array): Promise<Scores> => ({
      fid: fidOf(real, momentsOf(await features(raw))).value,
      is: await inception(classifier, raw),
      foreign: await inception(foreign, raw),
    });
    const clean = await score(raw);
    const spoilers: Record<string, Degradation> = {
      ...degradations,
      // Where there are no garments, a tiny run has digits in their place: not those that are spoilt.
      "other data": contamination(strange(count, seed + size(0, 1)).raw),
      "one class too often": contamination(
        ofClasses(train(12 * count, seed + 1000), (c) => c === 1).raw,
      ),
    };
    const series: Record<string, Scores[]> = {};
    for (const kind of kindsAndMore) {
      const scores = [clean];
      for (let k = 1; k <= levels; k++) {
        const how = { side, level: k / levels, seed };
        scores.push(await score(spoilers[kind]!(raw, how)));
      }
      series[kind] = scores;
    }
    return {
      "FID* of undegraded pictures": clean.fid,
      "FID*∞ of undegraded pictures": frechetLimit(real, seen, { seed }).distance,
      "IS* of undegraded pictures": clean.is,
      ...summary(series),
    };
  }
  const dispose = async () => void (await Promise.all(nets.map((net) => net.dispose())));
  return { measure, dispose };
}

/** Whether FID* rises and IS* falls from level to level, and where they end. */
function summary(series: Readonly<Record<string, readonly Scores[]>>): Record<string, number> {
  const figures: Record<string, number> = {};
  const order = (kind: string, of: (scores: Scores) => number) =>
    spearman([...series[kind]!.keys()], series[kind]!.map(of));
  for (const [kind, scores] of Object.entries(series)) {
    figures[`FID*, ${kind}: Spearman`] = order(kind, (s) => s.fid);
    figures[`FID*, ${kind}: worst level`] = scores.at(-1)!.fid;
    figures[`IS*, ${kind}: Spearman of its fall`] = order(kind, (s) => -s.is);
    figures[`IS*, ${kind}: worst level`] = scores.at(-1)!.is;
  }
  const falling = (of: (scores: Scores) => number) =>
    kinds.filter((kind) => order(kind, (s) => -of(s)) >= ordered.atLeast).length;
  figures["IS* monotone, of six"] = falling((s) => s.is);
  figures["IS* by the garments' classifier monotone, of six"] = falling((s) => s.foreign);
  return figures;
}

/** The greatest relative error over pairs of Gaussians whose distance is known. */
function closedFormError(seed: number): number {
  const pairs = [diagonal(seed), plane(seed), transported(seed, 64), transported(seed, 64, 40)];
  const errors = pairs.flatMap(({ one, two, exact }) => [
    Math.abs(frechetDistance(one, two).distance / exact - 1),
    Math.abs(frechetDistance(two, one).distance / exact - 1),
  ]);
  return Math.max(...errors);
}

interface Pair {
  readonly one: FeatureMoments;
  readonly two: FeatureMoments;
  readonly exact: number;
}

const gaussian = (mean: Float64Array, covariance: Float64Array): FeatureMoments => ({
  count: 100_000,
  width: mean.length,
  mean,
  covariance,
});

const squares = (values: Float64Array): number => values.reduce((sum, v) => sum + v * v, 0);

/** Both diagonal, so that they commute: Σ (μ₁ − μ₂)² + (σ₁ − σ₂)². */
function diagonal(seed: number): Pair {
  const n = 64;
  const draw = (name: string) => stream(seed, `proof/${name}`).normal(new Float64Array(n));
  const [m1, m2] = [draw("m1"), draw("m2")];
  const [s1, s2] = [draw("s1").map(Math.exp), draw("s2").map(Math.exp)];
  const spread = (s: Float64Array) =>
    Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? s[i / (n + 1)]! ** 2 : 0));
  const exact = squares(m1.map((m, i) => m - m2[i]!)) + squares(s1.map((s, i) => s - s2[i]!));
  return { one: gaussian(m1, spread(s1)), two: gaussian(m2, spread(s2)), exact };
}

/** In the plane Tr (Σ₁Σ₂)^½ = √(Tr Σ₁Σ₂ + 2√(det Σ₁ det Σ₂)), by Cayley and Hamilton. */
function plane(seed: number): Pair {
  const [a, b] = ["a", "b"].map((name) => positive(seed, name, 2, 3)) as [
    Float64Array,
    Float64Array,
  ];
  const zero = new Float64Array(2);
  const determinant = (s: Float64Array) => s[0]! * s[3]! - s[1]! * s[2]!;
  const both = a[0]! * b[0]! + 2 * a[1]! * b[1]! + a[3]! * b[3]!;
  const root = Math.sqrt(both + 2 * Math.sqrt(determinant(a) * determinant(b)));
  const exact = a[0]! + a[3]! + b[0]! + b[3]! - 2 * root;
  return { one: gaussian(zero, a), two: gaussian(zero, b), exact };
}

/**
 * N(0, S) and its image under x → Tx + m, T symmetric and positive: the optimal transport between the
 * two, so that the distance is ‖m‖² + Tr (I − T)S(I − T). Brenier 1991. S and TST do not commute.
 *
 * @param rank of S, full when absent
 */
function transported(seed: number, n: number, rank = 2 * n): Pair {
  const s = positive(seed, "s", n, rank);
  const t = positive(seed, "t", n, 2 * n);
  for (let i = 0; i < n; i++) t[i * n + i] = t[i * n + i]! + 0.1;
  const moved = stream(seed, "proof/m").normal(new Float64Array(n));
  const rest = t.map((v, i) => (i % (n + 1) === 0 ? 1 - v : -v));
  const cost = product(product(rest, s, n), rest, n);
  const trace = Array.from({ length: n }, (_, i) => cost[i * n + i]!).reduce((a, b) => a + b, 0);
  return {
    one: gaussian(new Float64Array(n), s),
    two: gaussian(moved, product(product(t, s, n), t, n)),
    exact: squares(moved) + trace,
  };
}

/** GGᵀ/k with G [n, k] normal: symmetric, of rank min(n, k). */
function positive(seed: number, name: string, n: number, k: number): Float64Array {
  const g = stream(seed, `proof/${name}`).normal(new Float64Array(n * k));
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let c = 0; c < k; c++) sum += g[i * k + c]! * g[j * k + c]!;
    return sum / k;
  });
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!;
    return sum;
  });
}

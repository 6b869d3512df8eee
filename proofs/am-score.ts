import { stream } from "../src/core/random.ts";
import { pickRows } from "../src/metrics/_rows.ts";
import type { Extractor } from "../src/metrics/extractor.ts";
import { openExtractor } from "../src/metrics/extractor-file.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { spearman } from "../src/metrics/rank.ts";
import { amParts } from "../src/metrics/scores/am-score.ts";
import { inceptionScoreOf } from "../src/metrics/scores/inception-score.ts";
import { gaussianBlur } from "./_degradations.ts";
import { digits, type Labelled, look, openPictures, pick } from "./_images.ts";
import type { Proof, ProofContext } from "./_proof.ts";

const side = 16;
const classes = 10;

/** Shares of the classes, the commonest first; which class is which, the seed says. */
const imbalances: Readonly<Record<string, readonly number[]>> = {
  "each class 0.9 of the one before": shares((k) => 0.9 ** k),
  "each class 0.7 of the one before": shares((k) => 0.7 ** k),
  "one class in two items": shares((k) => (k === 0 ? 9 : 1)),
  "two classes rare": shares((k) => (k < 8 ? 10 : 1)),
};

/** Ways to be wrong: shares that a sampler has where data have `p`. */
const wrong: Readonly<Record<string, (p: readonly number[]) => readonly number[]>> = {
  uniform: () => shares(() => 1),
  "half-way to uniform": (p) => p.map((v) => (v + 1 / classes) / 2),
  "too unequal": (p) => shares((k) => p[k]! ** 2),
  reversed: (p) => p.toReversed(),
};

function shares(weight: (k: number) => number): number[] {
  const weights = Array.from({ length: classes }, (_, k) => weight(k));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / total);
}

const excess = (imbalance: string) => `AM, ${imbalance}: best wrong sampler over perfect`;
const preference = (imbalance: string) => `IS*, ${imbalance}: uniform sampler over perfect`;

export const proof: Proof = {
  id: "am-score",
  claim: "AM rises with blur, and knows the data's shares of classes where IS wants equal ones",
  row: {
    family: "evaluation",
    mechanism: "E H(p(y|x)) over fakes + KL(p̄ of data ‖ p̄ of fakes), by a classifier; low is good",
    parts: ["src/metrics/scores/am-score.ts", "src/metrics/scores/inception-score.ts"],
  },
  seeds: [0, 1, 2, 3, 4],
  thresholds: {
    "AM under blur: Spearman": { atLeast: 0.95, because: "the row's bound, over seven levels" },
    ...Object.fromEntries(
      Object.keys(imbalances).flatMap((name) => [
        [
          excess(name),
          {
            atLeast: 0.003,
            because: "the row: perfect is least; thrice the noise of shares of 10,000, 2·9/20,000",
          },
        ],
        [
          preference(name),
          { atLeast: 0.1, because: "the row: IS prefers the wrong one; ten times its noise" },
        ],
      ]),
    ),
  },
  async run(context) {
    const classifier = await openExtractor(context.provider, "digits");
    const figures: Record<string, number[]> = {};
    const note = (name: string, value: number) => {
      figures[name] ??= [];
      figures[name].push(value);
    };
    for (const seed of context.seeds) {
      const parts = await onDigits(context, classifier, seed);
      for (const [name, value] of Object.entries(parts)) note(name, value);
      context.say(`seed ${seed} done`);
    }
    await classifier.dispose();
    return figures;
  },
};

/** Pictures of one part of the data with p(class | picture). */
interface Pool extends Labelled {
  readonly said: Rows;
}

async function onDigits({ size }: ProofContext, classifier: Extractor, seed: number) {
  const ask = async (raw: Float32Array) => (await look(classifier, raw, side)).probabilities!;
  const poolOf = async (split: "train" | "test"): Promise<Pool> => {
    const some = (await openPictures(digits(side), split))(size(5000, 300), seed);
    return { ...some, said: await ask(some.raw) };
  };
  const [train, held] = [await poolOf("train"), await poolOf("test")];
  return {
    ...(await underBlur(train, held, ask, { each: size(150, 10), levels: size(6, 2), seed })),
    ...underImbalance(train, held, { count: size(10_000, 100), seed }),
  };
}

/** AM of held-out digits, as many of each class, more and more blurred. */
async function underBlur(
  train: Pool,
  held: Pool,
  ask: (raw: Float32Array) => Promise<Rows>,
  { each, levels, seed }: { each: number; levels: number; seed: number },
): Promise<Record<string, number>> {
  const balanced = Array.from({ length: classes }, (_, c) => ofClass(held, c).slice(0, each));
  const raw = pick(held.raw, side * side, balanced.flat());
  const scores: ReturnType<typeof amParts>[] = [];
  for (let k = 0; k <= levels; k++) {
    const blurred = gaussianBlur(raw, { side, level: k / levels, seed });
    scores.push(amParts(train.said, await ask(blurred)));
  }
  const am = scores.map(({ entropy, divergence }) => entropy + divergence);
  return {
    "AM under blur: Spearman": spearman([...am.keys()], am),
    "AM without blur": am[0]!,
    "AM at the most blur": am.at(-1)!,
    "AM at the most blur: E H(y|x)": scores.at(-1)!.entropy,
    "AM at the most blur: KL": scores.at(-1)!.divergence,
  };
}

/** Data with unequal classes against held-out digits drawn with the right shares and with wrong ones. */
function underImbalance(
  train: Pool,
  held: Pool,
  { count, seed }: { count: number; seed: number },
): Record<string, number> {
  const figures: Record<string, number> = {};
  const names = stream(seed, "proof/classes").permutation(classes);
  for (const [imbalance, p] of Object.entries(imbalances)) {
    const drawn = (pool: Pool, shares: readonly number[], what: string) =>
      draw(pool, { shares, names, count, seed, name: `${imbalance}/${what}` });
    const real = drawn(train, p, "data");
    const scores = Object.entries({ perfect: (p: readonly number[]) => p, ...wrong }).map(
      ([sampler, change]) => {
        const fake = drawn(held, change(p), sampler);
        const { entropy, divergence } = amParts(real, fake);
        return { sampler, am: entropy + divergence, is: inceptionScoreOf(fake).value };
      },
    );
    const [perfect, ...others] = scores as [(typeof scores)[0], ...typeof scores];
    const uniform = others.find(({ sampler }) => sampler === "uniform")!;
    figures[excess(imbalance)] = Math.min(...others.map(({ am }) => am)) - perfect.am;
    figures[preference(imbalance)] = uniform.is - perfect.is;
    figures[`AM, ${imbalance}: perfect`] = perfect.am;
    figures[`AM, ${imbalance}: uniform`] = uniform.am;
    figures[`IS*, ${imbalance}: perfect`] = perfect.is;
    figures[`IS*, ${imbalance}: uniform`] = uniform.is;
  }
  return figures;
}

interface Draw {
  /** Of class `names[k]`, for each k. */
  readonly shares: readonly number[];
  readonly names: Uint32Array;
  readonly count: number;
  readonly seed: number;
  readonly name: string;
}

/** p(class | picture) of pictures drawn with replacement, their classes by these shares. */
function draw(pool: Pool, { shares, names, count, seed, name }: Draw): Rows {
  const members = Array.from({ length: classes }, (_, c) => ofClass(pool, c));
  const u = stream(seed, `proof/draw/${name}`).uniform(new Float64Array(2 * count));
  const picked = Uint32Array.from({ length: count }, (_, i) => {
    let left = u[2 * i]!;
    const k = shares.findIndex((share) => {
      left -= share;
      return left < 0;
    });
    const some = members[names[k < 0 ? 0 : k]!]!;
    return some[Math.floor(u[2 * i + 1]! * some.length)]!;
  });
  return pickRows(pool.said, picked);
}

const ofClass = ({ labels }: Labelled, c: number): number[] =>
  [...labels.keys()].filter((i) => labels[i] === c);

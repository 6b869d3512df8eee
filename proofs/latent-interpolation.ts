import type { Rows } from "../src/metrics/metric.ts";
import { journey, lerp } from "../src/train/journey.ts";
import { digits, openJury, openPictures, pick } from "./_images.ts";
import { type OverlaidJudge, openOverlaidJudge } from "./_overlaid.ts";
import { lay, Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";
import { mean } from "./_sums.ts";

const side = 16;
const frames = 16;
const item = side * side;

/** The paper's nets at a third of their width; ten numbers a code reach the same digits sooner than 24. */
const dcgan = {
  system: "dcgan",
  ...digits(side),
  options: {
    batch: 64,
    latent: 10,
    width: 24,
    discriminatorWidth: 24,
    generatorRate: 5e-4,
    discriminatorRate: 5e-4,
    averageHalfLife: 50_000,
  },
};

/** From here on a picture is taken for a digit: the row's. */
const confidence = 0.8;

type Jury = Awaited<ReturnType<typeof openJury>>;

export const proof: Proof = {
  id: "latent-interpolation",
  claim:
    "on the way between two codes a DCGAN of digits moves evenly and shows digits, where fading from picture to picture does not",
  row: {
    family: "latent-editing",
    mechanism:
      "the arc between two codes in equal steps, each decoded; steps measured in a net's features",
    parts: ["src/train/journey.ts", "src/app/interpolate.ts", "src/zoo/dcgan.ts"],
  },
  seeds: [20, 21, 22],
  thresholds: {
    "greatest over mean step, mean of pairs": { atMost: 3, because: "the row's bound" },
    "frames classified with confidence 0.8": { atLeast: 0.85, because: "the row's bound" },
    "fading: frames with confidence 0.8": { atMost: 0.6, because: "the row's bound" },
    "step where the nearest training image changes, over other steps": {
      atMost: 1.5,
      because:
        "the row: no jumps. A generator that holds images by heart rests on one and then leaps; here a change of neighbour is no larger a step than others",
    },
  },
  history:
    "pilots and records before this one (16x16: seeds 0 to 2, 100; 32x32: seeds 10 to 12, 100, 101) asked a " +
    "classifier that has seen nothing but digits: it is sure of two laid over each other, at 32x32 of " +
    "0.74 to 0.77 of faded frames for 0.83 to 0.86 of the walks', and of 0.86 of fades between real " +
    "digits. Taught by fades under labels drawn by their shares it doubts all: 0.42 of faded frames and " +
    "0.66 of the walks'. Now a tenth of its lessons are fades, called no digit where neither has 0.7 of " +
    "the light; of cuts of 0.6, 0.7 and 0.75 and tenths, quarters and halves of the lessons this was " +
    "chosen by walks of seed 101: after 12,000 steps 0.89 of the walk's and 0.44 of faded frames. Nets " +
    "were trained for 3,000 steps before, too few: 0.74 of the walk's frames there and 0.83 after 12,000, " +
    "by the old judge (seed 100)",
  async run(context) {
    const { provider, seeds, size, say } = context;
    const jury = await openJury(provider, { pictures: digits(side), count: size(500, 40) });
    const judge = await openOverlaidJudge(context, digits(side));
    const train = (await openPictures(digits(side), "train"))(size(10_000, 100), 0);
    const known = await jury.features(train.raw);
    const figures: Record<string, number[]> = {};
    for (const seed of seeds) {
      const found = await onPairs(context, { jury, judge, known, seed });
      for (const [name, value] of Object.entries(found)) {
        figures[name] = [...(figures[name] ?? []), value];
      }
      say(`seed ${seed}: ${JSON.stringify(found)}`);
    }
    const real = {
      "held-out digits: with confidence 0.8": shareSure(await judge.probabilities(jury.held)),
    };
    for (const one of [jury, judge]) await one.dispose();
    return { ...figures, ...real };
  },
};

interface Asked {
  readonly jury: Jury;
  readonly judge: OverlaidJudge;
  readonly known: Rows;
  readonly seed: number;
}

async function onPairs(context: ProofContext, { jury, judge, known, seed }: Asked) {
  const pairs = context.size(200, 3);
  const play = new Play(await lay(dcgan), context.provider, seed);
  await play.until(context.size(18_000, 4));
  const each = frames + 1;
  const walked = await play.samples(pairs * each, seed, (codes, layout) => {
    const ways = Array.from({ length: pairs }, (_, p) => {
      const keys = codes.slice(2 * p * layout.size, 2 * (p + 1) * layout.size);
      return journey(keys, layout, { perLeg: frames, loop: false }).codes;
    });
    const all = new Float32Array(pairs * each * layout.size);
    ways.forEach((way, p) => {
      all.set(way, p * each * layout.size);
    });
    return all;
  });
  await play.dispose();
  const faded = fades(walked, each);
  const features = await jury.features(walked);
  const sureOf = async (raw: Float32Array) => shareSure(await judge.probabilities(raw));
  return {
    ...steps(features, nearest(features, known), each),
    "frames classified with confidence 0.8": await sureOf(walked),
    "fading: frames with confidence 0.8": await sureOf(faded),
    "both ends: with confidence 0.8": await sureOf(endsOf(walked, each)),
    "by a judge that knows no fades: frames": shareSure(await jury.probabilities(walked)),
    "by a judge that knows no fades: fading": shareSure(await jury.probabilities(faded)),
    "FID* of the frames": await jury.fidOf(walked),
  };
}

/** From the first frame of each walk to its last, pixel by pixel. */
function fades(walked: Float32Array, each: number): Float32Array {
  const out = new Float32Array(walked.length);
  const frameAt = (i: number) => walked.subarray(i * item, (i + 1) * item);
  for (let i = 0; i < walked.length / item; i++) {
    const done = i % each;
    const ends = [i - done, i - done + each - 1].map(frameAt);
    out.set(lerp(ends[0]!, ends[1]!, done / (each - 1)), i * item);
  }
  return out;
}

/** First and last frames. */
function endsOf(raw: Float32Array, each: number): Float32Array {
  const frames = Array.from({ length: raw.length / item }, (_, i) => i);
  return pick(
    raw,
    item,
    frames.filter((i) => i % each === 0 || i % each === each - 1),
  );
}

function shareSure({ count, width, data }: Rows): number {
  let sure = 0;
  for (let i = 0; i < count; i++) {
    if (Math.max(...data.subarray(i * width, (i + 1) * width)) >= confidence) sure++;
  }
  return sure / count;
}

/** The number of the nearest known row to each row. */
function nearest(rows: Rows, known: Rows): number[] {
  const { width } = rows;
  return Array.from({ length: rows.count }, (_, i) => {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let j = 0; j < known.count; j++) {
      let square = 0;
      for (let k = 0; k < width && square < least; k++) {
        square += (rows.data[i * width + k]! - known.data[j * width + k]!) ** 2;
      }
      if (square < least) [best, least] = [j, square];
    }
    return best;
  });
}

/** How even the steps of the walks are, and whether those on which the neighbour changes are leaps. */
function steps({ width, data }: Rows, neighbours: readonly number[], each: number) {
  const ratios: number[] = [];
  const [changed, kept]: [number[], number[]] = [[], []];
  for (let start = 0; start < neighbours.length; start += each) {
    const lengths = Array.from({ length: each - 1 }, (_, k) => {
      let square = 0;
      for (let j = 0; j < width; j++) {
        square += (data[(start + k + 1) * width + j]! - data[(start + k) * width + j]!) ** 2;
      }
      const length = Math.sqrt(square);
      const same = neighbours[start + k] === neighbours[start + k + 1];
      (same ? kept : changed).push(length);
      return length;
    });
    ratios.push(Math.max(...lengths) / mean(lengths));
  }
  return {
    "greatest over mean step, mean of pairs": mean(ratios),
    "step where the nearest training image changes, over other steps": mean(changed) / mean(kept),
    "share of steps that change the nearest training image":
      changed.length / (changed.length + kept.length),
  };
}

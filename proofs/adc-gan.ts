import { loadSource } from "../src/app/config.ts";
import type { Source } from "../src/data/source.ts";
import { mean, mul } from "../src/engine/ops/index.ts";
import type { ConditioningMaker } from "../src/gan/condition.ts";
import { auxiliaryClassifier } from "../src/gan/conditioning/auxiliary-classifier.ts";
import { discriminativeClassifier } from "../src/gan/conditioning/discriminative-classifier.ts";
import { hinge } from "../src/gan/losses/hinge.ts";
import type { AdversarialLoss } from "../src/gan/losses/loss.ts";
import { pickRows } from "../src/metrics/_rows.ts";
import { momentsOf } from "../src/metrics/feature-moments.ts";
import { frechetDistance } from "../src/metrics/frechet.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { classGame } from "./_classes.ts";
import { garments, openJury, openPictures } from "./_images.ts";
import { Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

const side = 16;
const weights = [1, 10, 100];
const kinds: Readonly<Record<string, ConditioningMaker>> = {
  ADC: discriminativeClassifier,
  AC: auxiliaryClassifier,
};

/** No adversarial game: the classifier's terms alone move both sides. */
const silence: AdversarialLoss = {
  id: "none",
  discriminator: ({ real }) => mul(mean(real), 0),
  generator: ({ fake }) => mul(mean(fake), 0),
  meaning: { discriminator: "nothing", generator: "nothing" },
};

const onLine = { batch: 256, latent: 4, width: 64, rate: 1e-3, beta1: 0, halfLife: 100_000 };
const onGarments = { batch: 64, latent: 32, width: 16, rate: 5e-4, beta1: 0.5, halfLife: 10_000 };

export const proof: Proof = {
  id: "adc-gan",
  claim:
    "a classifier of classes and sides keeps the spread of classes that overlap, where one of classes alone narrows them",
  row: {
    family: "conditioning",
    mechanism:
      "a classifier of 2K labels, class and side; G climbs log C(data k) − log C(fake k), beside any GAN loss",
    parts: [
      "src/zoo/adc-gan.ts",
      "src/gan/conditioning/discriminative-classifier.ts",
      "src/gan/conditioning/auxiliary-classifier.ts",
      "src/data/sources/classes-1d.ts",
    ],
  },
  seeds: [0, 1, 2],
  thresholds: {
    ...Object.fromEntries(
      weights.flatMap((weight) => [
        [
          spreadOf("ADC", weight),
          { atLeast: 0.9, because: "the row's bound, of the class that is narrowed most" },
        ],
        [spreadOf("AC", weight), { atMost: 0.6, because: "the row's bound, of the same" }],
      ]),
    ),
    "ADC without a GAN loss: least σ ratio": { atLeast: 0.85, because: "the row's bound" },
    "garments: mean FID* within classes, ADC over AC": {
      atMost: 1,
      because: "the row: below AC-GAN's, mean of the seeds",
    },
  },
  async run(context) {
    const { seeds, say } = context;
    const figures: Record<string, number[]> = {};
    const note = (name: string, value: number) => {
      figures[name] = [...(figures[name] ?? []), value];
    };
    const line = await (await loadSource("classes-1d")).open({ scale: 0.5 });
    for (const seed of seeds) {
      for (const kind of Object.keys(kinds)) {
        for (const weight of weights) {
          const how = { kind, weight, loss: hinge(), seed };
          note(spreadOf(kind, weight), await leastSpread(context, line, how));
        }
        say(`seed ${seed}: ${JSON.stringify(figures)}`);
      }
      const alone = { kind: "ADC", weight: 1, loss: silence, seed };
      note("ADC without a GAN loss: least σ ratio", await leastSpread(context, line, alone));
    }
    const within = await onPictures(context, note);
    return { ...figures, "garments: mean FID* within classes, ADC over AC": within };
  },
};

function spreadOf(kind: string, weight: number): string {
  return `${kind}, λ = ${weight}: least σ ratio`;
}

interface Case {
  readonly kind: string;
  readonly weight: number;
  readonly loss: AdversarialLoss;
  readonly seed: number;
}

/** The least over classes of the deviation of fakes over that of the data, 1. */
async function leastSpread(
  { provider, size }: ProofContext,
  source: Source,
  { kind, weight, loss, seed }: Case,
): Promise<number> {
  const ticks = size(5000, 4);
  const table = classGame(source, { by: kinds[kind]!, weight, loss, ...onLine, decay: ticks });
  const play = new Play(table, provider, seed);
  await play.until(ticks);
  const classes = table.game.sampler.classes!.length;
  const points = await play.samples(classes * size(10_000, 50), seed);
  await play.dispose();
  const deviations = Array.from({ length: classes }, (_, c) => {
    const own = points.filter((_, i) => i % classes === c);
    const centre = own.reduce((sum, v) => sum + v, 0) / own.length;
    return Math.sqrt(own.reduce((sum, v) => sum + (v - centre) ** 2, 0) / own.length);
  });
  return Math.min(...deviations);
}

/** Mean over the seeds of both conditionings' FID* within classes; the ratio of the two. */
async function onPictures(
  { provider, seeds, size, say }: ProofContext,
  note: (name: string, value: number) => void,
): Promise<number> {
  const pictures = garments(side, { smoke: size(0, 1) === 1 });
  const jury = await openJury(provider, { pictures, count: size(2000, 40) });
  const held = (await openPictures(pictures, "test"))(size(10_000, 100), 0);
  const truth = await jury.features(held.raw);
  const source = await (await loadSource(pictures.data)).open(pictures.dataOptions);
  const sums: Record<string, number> = {};
  for (const seed of seeds) {
    for (const [kind, by] of Object.entries(kinds)) {
      const play = new Play(
        classGame(source, { by, loss: hinge(), ...onGarments }),
        provider,
        seed,
      );
      await play.until(size(2000, 4));
      const fakes = await jury.features(await play.samples(size(10_000, 100), seed));
      await play.dispose();
      const fid = withinClasses(truth, held.labels, fakes);
      note(`garments: FID* within classes, ${kind}`, fid);
      sums[kind] = (sums[kind] ?? 0) + fid;
      say(`garments, seed ${seed}, ${kind}: ${fid}`);
    }
  }
  await jury.dispose();
  return sums.ADC! / sums.AC!;
}

/** Mean over ten classes of the Fréchet distance; fakes have the classes 0, 1, … in turn. */
function withinClasses(truth: Rows, labels: Int32Array, fakes: Rows): number {
  const classes = 10;
  let total = 0;
  for (let c = 0; c < classes; c++) {
    const [real, fake] = [
      labels,
      Int32Array.from({ length: fakes.count }, (_, i) => i % classes),
    ].map((own) => [...own.keys()].filter((i) => own[i] === c));
    const moments = [pickRows(truth, real!), pickRows(fakes, fake!)].map((rows) => momentsOf(rows));
    total += frechetDistance(moments[0]!, moments[1]!).distance / classes;
  }
  return total;
}

import { loadSource } from "../src/app/config.ts";
import { input, inputName } from "../src/engine/ir/leaves.ts";
import { toOnnx } from "../src/engine/onnx/model.ts";
import { program } from "../src/engine/program.ts";
import type { Duel } from "../src/gan/duel.ts";
import type { AnyPlayer, Game, Player } from "../src/gan/game.ts";
import { noisyClassifier } from "../src/gan/nets/noisy-classifier.ts";
import { supervision } from "../src/gan/terms/supervision.ts";
import { adam } from "../src/nn/adam.ts";
import { module } from "../src/nn/module.ts";
import { cosine, steps as spanOf } from "../src/nn/schedules.ts";
import { Trace } from "../src/nn/trace.ts";
import { averageOf } from "../src/train/averages.ts";
import { lay, Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";
import { mean } from "./_sums.ts";

/**
 * Both ways of learning have the same net, rate, batch, noise, shifts of up to a pixel and average of
 * weights, and a rate that falls to 0. By the labels alone a third of the steps is more than enough.
 */
const shared = {
  batch: 100,
  width: 128,
  itemNoise: 0.35,
  noise: 0.25,
  shift: 1 / 16,
  rate: 3e-3,
  beta1: 0.5,
};
const steps = { whole: 12_000, alone: 1500 };

export const proof: Proof = {
  id: "feature-matching-ssl",
  claim: "unlabelled digits and a generator teach a classifier what its few labels cannot",
  row: {
    family: "representation",
    mechanism:
      "D has K class logits and a fake logit of 0: cross-entropy on labels, −log p(real) on " +
      "unlabelled, −log p(fake) on fakes; G minimises ‖E f(x) − E f(G(z))‖²",
    parts: [
      "src/zoo/feature-matching-ssl.ts",
      "src/gan/terms/feature-matching.ts",
      "src/gan/terms/supervision.ts",
      "src/gan/nets/noisy-classifier.ts",
    ],
  },
  seeds: [30, 31, 32],
  thresholds: {
    "100 labels: mean test error": { atMost: 0.05, because: "the row's bound" },
    "100 labels, supervised only: mean test error": { atLeast: 0.12, because: "the row's bound" },
    "20 labels: mean test error": { atMost: 0.2, because: "the row's bound" },
    "20 labels, supervised only: mean test error": { atLeast: 0.35, because: "the row's bound" },
  },
  history:
    "The first run (seeds 0 to 2; 6,000 steps of 50 images, noise of 0.6 and 0.5, which suits the " +
    "paper's four times as wide nets of three times as many pixels, no first values from data, a " +
    "constant rate) had 10.9 and 28.3 %, by the labels alone 20.2 and 43.2 %. Pilots on seeds 100 and " +
    "101 led to noise of 0.35 and 0.25, layers standardised by the first batch, half weights for what is " +
    "unlabelled, batches of 100, a rate that falls to 0 and shifts of a pixel, for both ways of " +
    "learning: 18.5, 10.1, 8.3, 6.7 and 6.3 % after 1,000, 2,000, 3,000, 5,000 and 6,000 steps without " +
    "shifts (seed 100, 100 labels), still falling. A second record (seeds 20 to 22, 5,000 steps) had 5.6 " +
    "and 21.4 %, by the labels alone 14.6 and 43.5 %: it missed for want of time, as the pilots had " +
    "shown, and is given 12,000 steps on new seeds. The paper makes some 180,000",
  async run(context) {
    const figures: Record<string, number | number[]> = {};
    for (const labels of [100, 20]) {
      const [ours, supervised]: [number[], number[]] = [[], []];
      for (const seed of context.seeds) {
        ours.push(await testError(context, { seed, labels, alone: false }));
        supervised.push(await testError(context, { seed, labels, alone: true }));
        context.say(`${labels} labels, seed ${seed}: ${ours.at(-1)}, alone ${supervised.at(-1)}`);
      }
      figures[`${labels} labels: mean test error`] = mean(ours);
      figures[`${labels} labels, supervised only: mean test error`] = mean(supervised);
      figures[`${labels} labels: test error`] = ours;
      figures[`${labels} labels, supervised only: test error`] = supervised;
    }
    return figures;
  },
};

interface Cell {
  readonly seed: number;
  readonly labels: number;
  /** Without unlabelled images and without a generator. */
  readonly alone: boolean;
}

/** Share of MNIST's test images that the classifier of averaged weights gets wrong. */
async function testError(context: ProofContext, { seed, labels, alone }: Cell): Promise<number> {
  const { provider, size } = context;
  const { rate, ...same } = shared;
  const { beta1 } = same;
  const smoke = size(0, 1) === 1;
  const decay = alone ? size(steps.alone, 10) : size(steps.whole, 10);
  const laid = await lay({
    system: "feature-matching-ssl",
    data: "semi-supervised",
    // A smoke run takes its images from the smaller part, which is read sooner.
    dataOptions: {
      side: 16,
      labels,
      labelSeed: seed,
      unlabelled: 10_000,
      split: smoke ? "test" : "train",
    },
    options: { ...same, decay, generatorRate: rate, discriminatorRate: rate },
  });
  const nets = noisyClassifier({ ...same, classes: 10 });
  const [trunk, head] = [module("trunk", nets.trunk), module("d", nets.head)];
  const game = alone ? supervisedOnly(laid.game) : laid.game;
  const play = new Play({ ...laid, game }, provider, seed);
  await play.until(decay);
  const count = size(10_000, 100);
  const test = await (await loadSource("mnist")).open({ side: 16, split: "test" });
  const { image, label } = test.batch(0, count, 0);
  const { scale, offset } = test.fields.image!;
  const seen = Float32Array.from(image!, (v) => v * scale + offset);
  const trace = new Trace(play.trainer.variables, { training: false, substitute: averageOf });
  const x = input("x", [count, 1, 16, 16]);
  const logits = head.net(trunk.net(x, trace.scope("trunk")), trace.scope("d"));
  const compiled = program({ logits });
  const session = await provider.create(toOnnx(compiled, { target: provider.target }));
  const weights = compiled.inputs.map((leaf) => inputName(leaf)!).filter((name) => name !== "x");
  const results = await session.run({
    ...Object.fromEntries(weights.map((name) => [name, play.trainer.value(name)])),
    x: provider.value("f32", x.shape, seen),
  });
  const said = (await results.logits!.data()) as Float32Array;
  await session.dispose();
  await play.dispose();
  const wrong = Array.from(label!).filter((truth, i) => {
    const own = said.subarray(10 * i, 10 * i + 10);
    return own.indexOf(Math.max(...own)) !== truth;
  });
  return wrong.length / count;

  /** The same classifier, optimiser and average, moved by the labels alone. */
  function supervisedOnly(whole: Game): Game {
    const labelled = supervision({
      classify: ({ turn }, items) => turn.call(head, turn.call(trunk, items)),
      items: "labelledImage",
      label: "label",
    });
    const player: Player<Duel> = {
      name: "d",
      owns: [trunk, head] as never,
      view: (turn) => ({ turn }) as Duel,
      objective: (duel) => labelled.apply(duel, {}),
      optimiser: adam({ rate: cosine(rate, 0, spanOf(decay)), beta1 }),
    };
    const average = { ...whole.average!, of: player.owns };
    return { ...whole, players: [player] as AnyPlayer[], average };
  }
}

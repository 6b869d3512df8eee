import type { SourceDefinition } from "../../src/data/source.ts";
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import * as ops from "../../src/engine/ops/index.ts";
import type { AnyPlayer, Player } from "../../src/gan/game.ts";
import * as nn from "../../src/nn/index.ts";
import { examineClassifier } from "./exam.ts";
import { featureWidth, type Recipe } from "./recipe.ts";
import { halfCoarse, type Wobble, wobble } from "./views.ts";

interface Subject {
  readonly id: string;
  readonly about: string;
  readonly source: SourceDefinition;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly wobble: Wobble;
}

/** Images f32[n,1,28,28] in [−1,1] → f32[n,64]. 76,000 weights. */
const trunk = nn.sequential({
  conv0: nn.conv(24, { kernel: 5, stride: 2, pad: 2, bias: false }),
  norm0: nn.batchNorm(),
  act0: nn.relu,
  conv1: nn.conv(48, { kernel: 3, pad: 1, bias: false }),
  norm1: nn.batchNorm(),
  act1: nn.relu,
  pool1: nn.maxPool(2),
  conv2: nn.conv(64, { kernel: 3, pad: 1, bias: false }),
  norm2: nn.batchNorm(),
  act2: nn.relu,
  pool2: nn.maxPool(3, { stride: 2 }),
  flat: (x: Tensor) => ops.flatten(x),
  // Features before their non-linearity: no unit is ever constant, and moments describe them well.
  features: nn.linear(featureWidth, { bias: false }),
  norm3: nn.batchNorm(),
});

const net = (classes: number): nn.Net<Tensor, { features: Tensor; logits: Tensor }> => {
  const head = nn.sequential({
    act: nn.relu,
    drop: nn.dropout(0.3),
    logits: nn.linear(classes),
  });
  return (images, scope) => {
    const features = trunk(images, scope.child("trunk"));
    return { features, logits: head(features, scope.child("head")) };
  };
};

interface Lesson {
  readonly logits: Tensor;
  readonly truth: Tensor;
}

/** Minimises cross-entropy by Adam, warmed up and then lowered along a cosine to nothing. */
function pupil(module: nn.Module<Tensor, { logits: Tensor }>, reach: Wobble) {
  return (steps: number): AnyPlayer => {
    const rate = nn.warmup(nn.cosine(2e-3, 0, nn.steps(steps)), nn.steps(Math.min(100, steps)));
    const player: Player<Lesson> = {
      name: module.name,
      owns: [module],
      view: (turn) => ({
        logits: turn.call(module, halfCoarse(wobble(turn.batch.image!, turn, reach))).logits,
        truth: turn.batch.label!,
      }),
      objective: ({ logits, truth }) => {
        const wanted = ops.oneHot(truth, { depth: logits.shape[1]! });
        const right = ops.sum(ops.mul(ops.logSoftmax(logits), wanted), { axes: [1] });
        const hit = ops.cast(ops.equal(ops.argMax(logits, { axis: 1 }), truth), { to: "f32" });
        return {
          loss: ops.neg(ops.mean(right)),
          meaning: "surprise at the right label; 2.30 = guessing, 0 = certain",
          readings: { accuracy: { value: ops.mean(hit), meaning: "share of right answers" } },
        };
      },
      optimiser: nn.adam({ rate, beta1: 0.9 }),
    };
    return player as AnyPlayer;
  };
}

/** A classifier of a labelled data set, half of whose lessons are in its coarse form. */
export async function classifier({
  id,
  about,
  source,
  options,
  wobble: reach,
}: Subject): Promise<Recipe> {
  const open = async (split: "train" | "test", side: 16 | 28) =>
    source.open({ ...options, split, side } as never);
  const classes = (await open("test", 28)).fields.label!.classes!;
  const module = nn.module("classifier", net(classes.length));
  return {
    id,
    about,
    data: `${source.id} train; half of each batch 28x28, half 16x16 resampled`,
    train: () => open("train", 28),
    steps: 4800,
    player: pupil(module, reach),
    outputs: (images, scopeOf) => {
      const { features, logits } = module.net(images, scopeOf(module.name));
      return { features, logits, probabilities: ops.softmax(logits) };
    },
    classes,
    examine: async (record) =>
      examineClassifier(record, { 28: await open("test", 28), 16: await open("test", 16) }),
  };
}

import { type Column, finiteSource } from "../../src/data/finite.ts";
import type { Source } from "../../src/data/source.ts";
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import * as ops from "../../src/engine/ops/index.ts";
import type { AnyPlayer, Player, Turn } from "../../src/gan/game.ts";
import * as nn from "../../src/nn/index.ts";
import { examineEncoder } from "./exam.ts";
import { featureWidth, type Recipe } from "./recipe.ts";
import { cutSquare, halfCoarse, wobble } from "./views.ts";

/** Images f32[n,1,28,28] in [−1,1] → code f32[n,64]. 89,000 weights. */
const encoder = nn.module(
  "encoder",
  nn.sequential({
    conv0: nn.conv(24, { kernel: 4, stride: 2, pad: 1 }),
    act0: nn.elu(),
    conv1: nn.conv(48, { kernel: 4, stride: 2, pad: 1 }),
    act1: nn.elu(),
    conv2: nn.conv(48, { kernel: 3, stride: 2, pad: 1 }),
    act2: nn.elu(),
    flat: (x: Tensor) => ops.flatten(x),
    code: nn.linear(featureWidth),
  }),
);

/** Code f32[n,64] → image f32[n,1,28,28]. Only training needs it. */
const decoder = nn.module(
  "decoder",
  nn.sequential({
    spread: nn.linear(32 * 49),
    act0: nn.elu(),
    image: (x: Tensor) => ops.reshape(x, { shape: [-1, 32, 7, 7] }),
    conv1: nn.convTranspose(24, { kernel: 4, stride: 2, pad: 1 }),
    act1: nn.elu(),
    conv2: nn.convTranspose(1, { kernel: 4, stride: 2, pad: 1 }),
    act2: nn.tanh,
  }),
);

interface Repair {
  readonly clean: Tensor;
  readonly repaired: Tensor;
}

/** With a square of 10 pixels gone and grains of ±0.25 on the rest. */
const damage = (images: Tensor, turn: Turn): Tensor =>
  ops.add(cutSquare(images, turn, 10), ops.mul(ops.sub(turn.uniform(images.shape), 0.5), 0.5));

/** Repairs damaged images: a denoising auto-encoder, Vincent et al. 2008. It never sees a label. */
const player = (steps: number): AnyPlayer => {
  const rate = nn.warmup(nn.cosine(1e-3, 0, nn.steps(steps)), nn.steps(Math.min(100, steps)));
  const restorer: Player<Repair> = {
    name: "encoder",
    owns: [encoder, decoder],
    view: (turn) => {
      const reach = { shift: 2, stretch: 0.1 };
      const clean = halfCoarse(wobble(turn.batch.image!, turn, reach));
      return { clean, repaired: turn.call(decoder, turn.call(encoder, damage(clean, turn))) };
    },
    objective: ({ clean, repaired }) => ({
      loss: ops.mean(ops.square(ops.sub(repaired, clean))),
      meaning: "mean square of what is left to repair, on [-1,1]; 0 = nothing",
    }),
    optimiser: nn.adam({ rate, beta1: 0.9 }),
  };
  return restorer as AnyPlayer;
};

/** Images of several sources, one after another, without their labels. */
function together(sources: readonly Source[]): Source {
  const { field, about } = { field: sources[0]!.fields.image!, about: sources[0]!.about };
  const parts = sources.map((s) => s.batch(0, s.size, 0).image as Uint8Array);
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  const image: Column = { field, data };
  return finiteSource({ id: "together", about }, { image });
}

/** An encoder of digits and garments that only evaluates: its task and its net are nobody else's. */
export const encoderOf = (
  open: (split: "train" | "test") => Promise<readonly Source[]>,
): Recipe => ({
  id: "encoder",
  about: "code of a denoising auto-encoder of digits and garments; trained without labels",
  data: "mnist and fashion-mnist train; half of each batch 28x28, half 16x16 resampled",
  train: async () => together(await open("train")),
  steps: 5000,
  player,
  outputs: (images, scopeOf) => ({ features: encoder.net(images, scopeOf(encoder.name)) }),
  examine: async (record) => examineEncoder(record, await open("test")),
});

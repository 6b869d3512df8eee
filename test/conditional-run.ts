import type { RunConfig } from "../src/app/config.ts";
import { type OpenRun, withSampler } from "../src/app/sample.ts";
import type { Field } from "../src/data/source.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { add, reshape, tanh } from "../src/engine/ops/index.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import type { Game } from "../src/gan/game.ts";
import { normal, uniform } from "../src/gan/latent.ts";
import * as nn from "../src/nn/index.ts";
import { Sampler } from "../src/train/sampler.ts";

interface Asked {
  readonly z: Tensor;
  readonly style: Tensor;
  readonly label: Tensor;
}

export const classes = ["zero", "one", "two, or more"];

/** A net without training: each class has a look of its own through an embedding. */
const generator = nn.module("g", ({ z, style, label }: Asked, scope) => {
  const own = nn.embedding(classes.length, 16)(label, scope.child("class"));
  const shape = nn.linear(16)(z, scope.child("z"));
  const looks = nn.linear(16)(style, scope.child("style"));
  return reshape(tanh(add(own, add(shape, looks))), { shape: [-1, 1, 4, 4] });
});

/** A conditional run of 4x4 images with two noises, normal z[6] and a style[2], in memory. */
export async function conditionalRun(path: string, style = uniform(2)): Promise<OpenRun> {
  const field: Field = { shape: [1, 4, 4], dtype: "u8", scale: 2 / 255, offset: -1 };
  const game: Game = {
    field: "image",
    batch: 4,
    players: [],
    sampler: {
      noise: { z: normal(6), style },
      classes,
      make: (inputs, call) => call(generator, inputs as unknown as Asked),
    },
  };
  const provider = await nodeCpu({ threads: 1 });
  const variables = new nn.Variables();
  const sampler = new Sampler(game, variables, provider);
  const about = { title: "none", credit: "none", licence: "none" };
  const config: RunConfig = {
    system: "conditional",
    options: {},
    data: { source: "none", options: {}, about },
    fields: { image: field },
    seed: 0,
    steps: 0,
  };
  const checkpoint = { step: 0, images: 0, seed: 0, system: "conditional", options: {}, file: "" };
  const value = (name: string) => {
    const { shape } = variables.get(name)!;
    return provider.value("f32", shape, variables.initialValue(name, 0));
  };
  return withSampler({
    path,
    config,
    checkpoint,
    game,
    field,
    provider,
    sampler,
    variables,
    value,
  });
}

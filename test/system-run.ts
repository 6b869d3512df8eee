import { buildGame, loadSystem, type RunConfig } from "../src/app/config.ts";
import { type OpenRun, withSampler } from "../src/app/sample.ts";
import type { Field } from "../src/data/source.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import * as nn from "../src/nn/index.ts";
import { Sampler } from "../src/train/sampler.ts";

const attributes: Field = {
  shape: [3],
  dtype: "u8",
  scale: 2,
  offset: -1,
  labels: ["red", "square", "big"],
};
const place: Field = { shape: [2], dtype: "f32", scale: 2, offset: -1 };

/**
 * A run of a system on grey images of 16 pixels, of three classes, with three labels that go together and
 * with a place in the unit square, untrained and in memory.
 */
export async function systemRun(
  id: string,
  options: RunConfig["options"],
  batch?: number,
): Promise<OpenRun> {
  const field: Field = { shape: [1, 16, 16], dtype: "u8", scale: 2 / 255, offset: -1 };
  const label: Field = {
    shape: [],
    dtype: "i32",
    scale: 1,
    offset: 0,
    classes: ["none", "one", "two"],
  };
  const about = { title: "none", credit: "none", licence: "none" };
  const system = await loadSystem(id);
  const config: RunConfig = {
    system: id,
    options: { ...system.tiny, ...options },
    data: { source: "none", options: {}, about },
    fields: { image: field, label, attributes, place },
    seed: 0,
    steps: 0,
  };
  const game = buildGame(system, config);
  const provider = await nodeCpu({ threads: 1 });
  const variables = new nn.Variables();
  const sampler = new Sampler(game, variables, provider, batch);
  const value = (name: string) => {
    const { shape } = variables.get(name)!;
    return provider.value("f32", shape, variables.initialValue(name, 0));
  };
  const checkpoint = { step: 0, images: 0, seed: 0, system: id, options: {}, file: "" };
  const made = { config, checkpoint, game, field, provider, sampler, variables, value };
  return withSampler({ path: id, ...made });
}

import { GanymedeError } from "../core/errors.ts";
import { classesOf } from "../data/source.ts";
import { inputName } from "../engine/ir/leaves.ts";
import { probeBatches, withDynamicBatch } from "../engine/onnx/dynamic-batch.ts";
import type { Target } from "../engine/onnx/emit.ts";
import { toModel } from "../engine/onnx/model.ts";
import { encodeModel, type ModelProto, type TensorProto } from "../engine/onnx/proto.ts";
import type { Value } from "../engine/run/provider.ts";
import { traceSampler } from "../train/sampler.ts";
import type { RunConfig } from "./run-config.ts";
import type { OpenRun } from "./sample.ts";
import { version } from "./version.ts";

/** Standard operators only: the file runs in any build of ONNX Runtime. */
const portable: Target = { provider: "plain", nchwcBlock: 0 };

/** How far the file's samples may be from the run's own, relative to the largest value. */
const tolerance = 1e-5;

/** What an export needs of a run, stored or still in training. */
export interface Exportable
  extends Pick<
    OpenRun,
    "path" | "game" | "field" | "provider" | "sampler" | "variables" | "value" | "sample"
  > {
  readonly config: Pick<RunConfig, "system" | "options" | "seed" | "fields" | "data">;
  readonly checkpoint: { readonly step: number; readonly images: number };
}

export interface CheckedModel {
  readonly bytes: Uint8Array;
  /** Largest absolute difference from the run's own samples. */
  readonly maxDifference: number;
  /** Whether any number of items can be made at once; else one at a time, and `note` says why. */
  readonly dynamicBatch: boolean;
  readonly note?: string;
}

/**
 * The generator with its averaged weights as one ONNX file, loaded by itself and compared with what
 * the run makes. Throws `EXPORT_PARITY`.
 */
export async function checkedModel(run: Exportable): Promise<CheckedModel> {
  const weights = await readWeights(run);
  const { model, note } = generalise(run, weights);
  const bytes = encodeModel({ ...model, metadata: metadataOf(run) });
  const maxDifference = await compare(run, bytes, note === undefined);
  const dynamicBatch = note === undefined;
  return { bytes, maxDifference, dynamicBatch, ...(note !== undefined && { note }) };
}

async function readWeights({ sampler, value }: Exportable): Promise<TensorProto[]> {
  return Promise.all(
    sampler.traced.weights.map(async (name) => {
      const { shape, data } = value(name);
      const { buffer, byteOffset, byteLength } = await data();
      const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
      return { name, dims: shape, type: "f32" as const, data: bytes };
    }),
  );
}

/** The model for any batch; for a batch of 1 where the generator's graph depends on the batch. */
function generalise(
  { game, variables }: Exportable,
  weights: readonly TensorProto[],
): { model: ModelProto; note?: string } {
  const at = (batch: number) => {
    const { program } = traceSampler(game, variables, batch);
    return { batch, model: toModel(program, { target: portable, weights }) };
  };
  try {
    return { model: withDynamicBatch(at(probeBatches[0]), at(probeBatches[1])) };
  } catch (error) {
    if (!(error instanceof GanymedeError) || error.code !== "EXPORT_BATCH") throw error;
    const { where, got } = error.fault;
    return {
      model: at(1).model,
      note: `one item at a time: ${where} depends on the batch (${got})`,
    };
  }
}

/** The largest difference between the file's items and the run's, over one batch of codes. */
async function compare(run: Exportable, model: Uint8Array, dynamic: boolean): Promise<number> {
  const { sampler, game, provider } = run;
  const request = { count: sampler.batch, seed: run.config.seed };
  const expected = await run.sample(request);
  const feeds = sampler.feeds(request, 0);
  const session = await provider.create(model);
  let worst = 0;
  for (const items of dynamic ? [sampler.batch, 1] : [1]) {
    const some = Object.entries(feeds).map(async ([k, v]) => [k, await firstRows(run, v, items)]);
    const results = await session.run(Object.fromEntries(await Promise.all(some)));
    const made = await results[game.field]!.data();
    made.forEach((v, i) => {
      // A value that is no number must not pass as a small difference.
      worst = Math.max(worst, Number.isFinite(v) ? Math.abs(v - expected[i]!) : Infinity);
    });
  }
  await session.dispose();
  const largest = expected.reduce((m, v) => Math.max(m, Math.abs(v)), 1);
  if (worst <= tolerance * largest) return worst;
  throw new GanymedeError("EXPORT_PARITY", {
    where: run.path,
    expected: `samples within ${tolerance * largest} of the run's own`,
    got: `a difference of ${worst}`,
    fix: "report this with the run; nothing was written",
  });
}

async function firstRows({ provider }: Exportable, value: Value, rows: number): Promise<Value> {
  const [count = 1, ...item] = value.shape;
  const data = await value.data();
  return provider.value(value.dtype, [rows, ...item], data.slice(0, (data.length / count) * rows));
}

/** What a user of the file needs to know, as text: lists and records are JSON. */
function metadataOf({
  config,
  checkpoint,
  game,
  field,
  sampler,
}: Exportable): Record<string, string> {
  const { noise, classes } = game.sampler;
  const latent = Object.entries(noise).map(([name, n]) => ({ name, ...n }));
  const labels = classesOf(config.fields);
  const range = field.dtype === "u8" ? [field.offset, 255 * field.scale + field.offset] : null;
  const { title, credit, licence } = config.data.about;
  const shape = sampler.traced.output.shape.slice(1);
  return {
    "ganymede.version": version,
    "ganymede.system": config.system,
    "ganymede.options": JSON.stringify(config.options),
    "ganymede.seed": String(config.seed),
    "ganymede.step": String(checkpoint.step),
    "ganymede.images": String(checkpoint.images),
    "ganymede.latent": JSON.stringify(latent),
    "ganymede.inputs": JSON.stringify(Object.values(sampler.traced.inputs).map(inputName)),
    "ganymede.output": JSON.stringify({ name: game.field, shape, range }),
    // raw value = (output - offset) / scale, for instance a pixel of 0 to 255.
    "ganymede.scaling": JSON.stringify({ scale: field.scale, offset: field.offset }),
    "ganymede.classes": JSON.stringify(classes ?? []),
    "ganymede.data": title,
    "ganymede.data.classes": JSON.stringify(labels ?? []),
    "ganymede.data.credit": credit,
    "ganymede.data.licence": licence,
    "ganymede.licence": `Ganymede claims no rights in trained weights; the licence of the data (${licence}) may bear on them`,
  };
}

import type { Source } from "../data/source.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { Value } from "../engine/run/provider.ts";
import type { Judged, Window } from "../metrics/detectors/detector.ts";
import type { Rows } from "../metrics/metric.ts";
import { Critic } from "../train/critic.ts";
import { criticHistogram, type Finding, type Heard } from "../train/examination.ts";
import type { RunFolder } from "../train/run-folder.ts";
import type { SampleRequest } from "../train/sampler.ts";
import type { Trainer, TrainerOptions } from "../train/trainer.ts";
import type { RunConfig } from "./config.ts";
import { type Describe, openDescription } from "./describe-items.ts";
import { detect } from "./detect.ts";
import type { Subject } from "./instruments.ts";
import { openNorms } from "./norms.ts";

/** Looks at a training now and then, for what goes wrong with GANs. */
export interface Checkup {
  examine(heard: Heard, sample: (asked: SampleRequest) => Promise<Float32Array>): Promise<Finding>;
  dispose(): Promise<void>;
}

/** Items that the discriminator is shown at once. */
const batch = 64;

/** Numbers in the samples of one look, so that large images cost no more time than small ones. */
const numbers = 2 ** 17;

/** Training items for each sample. */
const perSample = 4;

/** Seed of the samples: always the same codes. */
const seed = 3;

/** Samples of one look, in whole batches: 256 points, 128 images of 28x28, 64 of larger ones. */
const samplesOf = (size: number): number =>
  batch * Math.min(4, Math.max(1, Math.floor(numbers / size / batch)));

/** What is prepared once: the data's side, seen and judged. */
interface Prepared {
  readonly describe: Describe;
  readonly train: Rows;
  readonly critic: Critic | undefined;
  readonly trainItems: Float32Array;
  readonly heldOut: Float32Array | undefined;
}

/**
 * Prepares nothing until the first look. Results go to the run's health.jsonl. Undefined where the
 * configuration wants no looks.
 */
export function openCheckup(
  subject: TrainerOptions,
  { health }: Pick<RunConfig, "health">,
  trainer: Trainer,
  run: RunFolder,
): Checkup | undefined {
  if (health === false) return undefined;
  const norms = openNorms(subject, trainer);
  let prepared: Promise<Prepared> | undefined;
  const value = (name: string): Value => trainer.value(name);
  return {
    async examine(heard, sample) {
      prepared ??= prepare(subject, trainer);
      const { game, source } = subject;
      const count = samplesOf(sizeOf(source.fields[game.field]!.shape));
      const items = await sample({ count, seed });
      const judged = await judge(await prepared, items, value);
      const past = run.readHealth().map(({ gauges }) => gauges);
      const found = detect({
        ...(await observe(await prepared, items)),
        step: trainer.step,
        finite: Number.isFinite(source.size),
        ...(judged && { judged }),
        readings: windowsOf(heard, trainer),
        past,
      });
      const critic = judged && criticHistogram(judged.train, judged.fake);
      const sizes = await norms.take();
      const whole = { ...found, ...(critic && { critic }), ...(sizes && { norms: sizes }) };
      run.logHealth({ step: trainer.step, ...whole });
      return whole;
    },
    async dispose() {
      const ready = await prepared;
      await norms.dispose();
      await ready?.describe.dispose();
      await ready?.critic?.dispose();
    },
  };
}

const observe = async ({ describe, train }: Prepared, items: Float32Array) => ({
  fakes: await describe.rows(items),
  train,
});

async function prepare(subject: Subject, trainer: Trainer): Promise<Prepared> {
  const { game, source, provider } = subject;
  const field = source.fields[game.field]!;
  const count = samplesOf(sizeOf(field.shape));
  const describe = await openDescription(field, provider);
  const trainItems = itemsOf(source, game.field, Math.min(source.size, perSample * count));
  const held = source.heldOut?.();
  const critic =
    game.judge && new Critic(game.judge, [batch, ...field.shape], trainer.variables, provider);
  return {
    describe,
    train: await describe.rows(trainItems),
    critic,
    trainItems: trainItems.subarray(0, count * sizeOf(field.shape)),
    heldOut: held && itemsOf(held, game.field, Math.min(held.size, count)),
  };
}

/** Items of the data as networks see them. */
function itemsOf(source: Source, name: string, count: number): Float32Array {
  const { scale, offset } = source.fields[name]!;
  return Float32Array.from(source.batch(0, count, 0)[name]!, (v) => v * scale + offset);
}

/** What the discriminator says; undefined without one, or with too few items for a batch. */
async function judge(
  { critic, trainItems, heldOut }: Prepared,
  fakes: Float32Array,
  value: (name: string) => Value,
): Promise<Judged | undefined> {
  if (!critic || trainItems.length < fakes.length) return undefined;
  const whole = heldOut !== undefined && heldOut.length === fakes.length;
  return {
    train: await critic.score(value, trainItems),
    fake: await critic.score(value, fakes),
    ...(whole && { heldOut: await critic.score(value, heldOut) }),
  };
}

function windowsOf(heard: Heard, trainer: Trainer): Record<string, Window> {
  return Object.fromEntries(
    Object.entries(heard).map(([name, values]) => {
      const healthy = trainer.readings.get(name)?.healthy;
      return [name, { values, ...(healthy && { healthy }) }];
    }),
  );
}

import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { parseWith } from "../core/options.ts";
import type { CategoryColumn, Field, NumberColumn, Source } from "../data/source.ts";
import type { Precision } from "../engine/passes/autocast.ts";
import { type DeviceChoice, deviceChoices } from "../engine/run/device-names.ts";
import type { RunFolder } from "../train/run-folder.ts";
import type { RecordedCut, Rollback } from "./recovery.ts";

/** The resolved configuration: plain JSON, enough to repeat the run, stored as run.json. */
export interface RunConfig extends Settings {
  readonly system: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly data: {
    readonly source: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly about: Source["about"];
  };
  /** The fields of the data, so that sampling and exporting never need the data. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly seed: number;
  readonly steps: number;
  /** The versions that made the run: with others, last bits may differ. */
  readonly madeBy?: string;
  /** Batch sizes that it had before it was resumed with another one. */
  readonly earlierBatches?: readonly unknown[];
  /** Where learning rates were cut. Written by the run itself, kept on resume. */
  readonly rateCuts?: readonly RecordedCut[];
  /** Data that it learnt from before it was branched onto these, and up to which step. */
  readonly earlierData?: readonly EarlierData[];
  /** Parts of the players that no longer learn, by path. */
  readonly frozen?: readonly string[];
  /** The run whose checkpoint it began with, and that checkpoint's step. */
  readonly branchedFrom?: { readonly run: string; readonly step: number };
}

/** Data that a run no longer learns from. */
export interface EarlierData {
  readonly source: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly until: number;
}

/** Settings of a run that belong to no part of it. */
export interface Settings {
  /** Seeds weights, data order and noise; 0 when absent. */
  readonly seed?: number;
  /** Steps in all; those of the preset, else 2,000, when absent. */
  readonly steps?: number;
  /** Threads of one operator; all cores when absent. May change on resume. */
  readonly threads?: number;
  /** `f16`: mixed precision; f32 throughout when absent. May change on resume. */
  readonly precision?: Precision;
  /** Where it runs: the CPU when absent; `auto` becomes the device that was found. May change. */
  readonly device?: DeviceChoice;
  /** Ends the run after this time, whatever is left of its steps. */
  readonly minutes?: number;
  /** Ticks per call of the runtime; the system's own when absent. Does not change the result. */
  readonly chunk?: number;
  /** Metrics to take on the way: which, at every how many images, of how many samples. */
  readonly measure?: {
    readonly metrics: readonly string[];
    readonly everyImages: number;
    readonly samples: number;
  };
  /** Keeps the checkpoint that scores best at a metric, and may end the run early. */
  readonly best?: {
    readonly metric: string;
    /** Ends the run after so many measurements in a row that were no better. */
    readonly patience?: number;
  };
  /** Which checkpoints are made and kept. */
  readonly checkpoints?: {
    /** A tenth of the run's steps when absent. */
    readonly everySteps?: number;
    /** How many of the newest stay; 2 when absent. */
    readonly last?: number;
    /** The first one at or after each multiple of so many steps stays for good. */
    readonly keepEverySteps?: number;
  };
  /** Writes event files for TensorBoard too. */
  readonly tensorboard?: boolean;
  /** When a number is not finite: stop, as when absent, or go back to a checkpoint, slower. */
  readonly onNonFinite?: "stop" | Rollback;
  /** Whether to look for what goes wrong each time that a picture is taken; true when absent. */
  readonly health?: boolean;
}

const atLeast = (min: number, about: string) => z.int().min(min).describe(about);

/** As a user may write them: what has a usual value may be left out. */
export const settingShape = {
  seed: atLeast(0, "the seed of weights, data order and noise").exactOptional(),
  steps: atLeast(1, "the steps in all").exactOptional(),
  threads: atLeast(1, "the threads of one operator").exactOptional(),
  precision: z
    .enum(["f32", "f16"])
    .describe("f16 for mixed precision, on devices that compute in float16")
    .exactOptional(),
  device: z.enum(deviceChoices).describe("where the graphs run").exactOptional(),
  minutes: z.number().positive().describe("the minutes after which the run ends").exactOptional(),
  chunk: atLeast(1, "the steps per call of the runtime").exactOptional(),
  measure: z
    .strictObject({
      metrics: z
        .array(z.string())
        .min(1)
        .readonly()
        .describe("ids of metrics, as fid, or of groups, as pr")
        .exactOptional(),
      everyImages: atLeast(1, "the images from one measurement to the next").default(20_000),
      samples: atLeast(2, "the samples that are measured").default(2000),
    })
    .describe("scores to take on the way")
    .exactOptional(),
  best: z
    .strictObject({
      metric: z.string().describe("the id of the metric that chooses the checkpoint to keep"),
      patience: atLeast(
        1,
        "the measurements without a better one that end the run",
      ).exactOptional(),
    })
    .describe("the best checkpoint, which is kept beside the last ones")
    .exactOptional(),
  checkpoints: z
    .strictObject({
      everySteps: atLeast(1, "the steps from one checkpoint to the next").exactOptional(),
      last: atLeast(1, "how many of the newest checkpoints stay").exactOptional(),
      keepEverySteps: atLeast(1, "the steps of which a checkpoint stays for good").exactOptional(),
    })
    .describe("which checkpoints are made and kept")
    .exactOptional(),
  tensorboard: z.boolean().describe("whether to write TensorBoard event files").exactOptional(),
  onNonFinite: z
    .union([
      z.literal("stop"),
      z.strictObject({
        factor: z.number().positive().max(1).default(0.5).describe("what rates are multiplied by"),
        limit: atLeast(1, "how often at most").default(3),
      }),
    ])
    .describe("what to do when a number is not finite: stop, or go back and cut the rates")
    .exactOptional(),
  health: z
    .boolean()
    .describe("whether to look for what goes wrong with each picture")
    .exactOptional(),
} satisfies Record<keyof Settings, z.ZodType>;

/** Settings as a user gave them. */
export type AskedSettings = {
  readonly [K in keyof typeof settingShape]?: z.input<(typeof settingShape)[K]> | undefined;
};

const wholeNumbers = z.array(z.int().min(0));

const place = z.int().min(0);

/** What the numbers of a row of a table stand for. */
const columnShape = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("number"),
    name: z.string(),
    at: place,
    mean: z.number(),
    deviation: z.number().positive(),
    digits: z.int().min(0),
    low: z.number(),
    high: z.number(),
    missingAt: place.exactOptional(),
  } satisfies Record<keyof NumberColumn, z.ZodType>),
  z.strictObject({
    kind: z.literal("category"),
    name: z.string(),
    at: place,
    values: z.array(z.string()),
  } satisfies Record<keyof CategoryColumn, z.ZodType>),
]);

const fieldShape = {
  shape: wholeNumbers,
  dtype: z.enum(["u8", "f32", "i32"]),
  scale: z.number(),
  offset: z.number(),
  classes: z.array(z.string()).exactOptional(),
  labels: z.array(z.string()).exactOptional(),
  columns: z.array(columnShape).exactOptional(),
} satisfies Record<keyof Field, z.ZodType>;

const anyOptions = z.record(z.string(), z.unknown());

const runShape = {
  ...settingShape,
  system: z.string(),
  options: anyOptions,
  data: z.strictObject({
    source: z.string(),
    options: anyOptions,
    about: z.strictObject({ title: z.string(), credit: z.string(), licence: z.string() }),
  }),
  fields: z.record(z.string(), z.strictObject(fieldShape)),
  seed: settingShape.seed.unwrap(),
  steps: settingShape.steps.unwrap(),
  measure: settingShape.measure.unwrap().required({ metrics: true }).exactOptional(),
  madeBy: z.string().exactOptional(),
  earlierBatches: z.array(z.unknown()).exactOptional(),
  rateCuts: z
    .array(
      z.strictObject({
        from: z.int().min(0),
        factor: z.number().positive(),
        failedAt: z.int().min(0).exactOptional(),
      } satisfies Record<keyof RecordedCut, z.ZodType>),
    )
    .exactOptional(),
  earlierData: z
    .array(
      z.strictObject({
        source: z.string(),
        options: anyOptions,
        until: z.int().min(0),
      } satisfies Record<keyof EarlierData, z.ZodType>),
    )
    .exactOptional(),
  frozen: z.array(z.string()).exactOptional(),
  branchedFrom: z.strictObject({ run: z.string(), step: z.int().min(0) }).exactOptional(),
} satisfies Record<keyof RunConfig, z.ZodType>;

/** Checks the form of a resolved configuration, not the names in it. */
export const runConfigSchema: z.ZodType<RunConfig> = z.strictObject(runShape);

/** The configuration of a stored run. Throws `RUN_CORRUPT`, naming the field. */
export function readRunConfig(run: RunFolder): RunConfig {
  const raw = run.readConfig();
  try {
    return parseWith(runConfigSchema, raw, (path, unknown) => {
      const place = [...path, ...(unknown === undefined ? [] : [unknown])].join(".");
      return `${place === "" ? "the whole" : place} of ${run.configFile}`;
    });
  } catch (error) {
    if (!(error instanceof GanymedeError)) throw error;
    const fix = "restore the file from a copy, or start a new run";
    throw new GanymedeError("RUN_CORRUPT", { ...error.fault, fix }, { cause: error });
  }
}

import { statSync } from "node:fs";
import { join } from "node:path";
import { resolveReferences } from "../../app/codes.ts";
import { exportGenerator } from "../../app/export.ts";
import { exportPage } from "../../app/export-page.ts";
import { interpolate } from "../../app/interpolate.ts";
import type { OpenRun } from "../../app/sample.ts";
import { writeSamples } from "../../app/sample-files.ts";
import type { Job } from "../job.ts";
import { classOf } from "../pins.ts";

/** What a run can be made into, by the ending of its file. */
export const exportKinds = ["png", "gif", "webp", "onnx", "html", "npz"] as const;
export type ExportKind = (typeof exportKinds)[number];

export interface ExportAsked {
  readonly path: string;
  readonly checkpoint?: number | undefined;
  readonly kind: ExportKind;
  /** Where to write; the folder is there. */
  readonly folder: string;
  readonly seed: number;
  /** Samples of a sheet or of arrays; of an animation those that it passes. */
  readonly count: number;
  readonly truncation: number;
  readonly label?: number | undefined;
}

export interface ExportAnswer {
  readonly file: string;
  readonly bytes: number;
  /** Largest difference of the written generator's samples from the run's, where it was checked. */
  readonly maxDifference?: number;
}

type Write = (
  run: OpenRun,
  file: string,
  asked: ExportAsked,
) => Promise<{ maxDifference?: number }>;

const samples: Write = async (run, out, { seed, count, truncation, label }) => {
  const labels = label === undefined ? {} : { labels: [classOf(run, label)] };
  await writeSamples(run, { seed, count, truncation, ...labels }, { out });
  return {};
};

const walk: Write = async (run, out, { seed, count, truncation, label }) => {
  const items = Array.from({ length: count }, (_, item) => ({ item }));
  const keys = await resolveReferences(run, items, { seed, truncation });
  const labels = label === undefined ? {} : { labels: items.map(() => classOf(run, label)) };
  await interpolate(run, { ...keys, ...labels }, { out, loop: true, perLeg: 12, seed });
  return {};
};

const writers: Readonly<Record<ExportKind, Write>> = {
  png: samples,
  npz: samples,
  gif: walk,
  webp: walk,
  onnx: exportGenerator,
  html: exportPage,
};

/** Writes one file of a run's generator, or of what it makes. */
export const exportFile: Job<ExportAsked, ExportAnswer> = async (asked, bench) => {
  const run = await bench.open(asked.path, asked.checkpoint);
  const file = join(asked.folder, `export.${asked.kind}`);
  const { maxDifference } = await writers[asked.kind](run, file, asked);
  const bytes = statSync(file).size;
  return { file, bytes, ...(maxDifference !== undefined && { maxDifference }) };
};

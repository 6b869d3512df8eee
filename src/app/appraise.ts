import { existsSync } from "node:fs";
import type { Source } from "../data/source.ts";
import { sameShape } from "../engine/ir/type.ts";
import { digitReport, sureAt } from "../metrics/digit-report.ts";
import { digitJudgeFile, openJudge } from "../metrics/judge-file.ts";
import { modeReport } from "../metrics/modes.ts";
import { loadSource } from "./config.ts";
import type { OpenRun } from "./sample.ts";

/** How good a run's samples are, by what is known of its data. */
export interface Appraisal {
  readonly samples: number;
  /** One sentence for a reader. */
  readonly text: string;
  /** The figures, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

const samples = 1000;
const seed = 1;

/** Undefined where nothing here can judge the samples of a run. */
export async function appraise(run: OpenRun): Promise<Appraisal | undefined> {
  const source = (await loadSource(run.config.data.source)).open(run.config.data.options);
  return source.oracle ? appraiseModes(run, source) : appraiseImages(run);
}

async function appraiseModes(run: OpenRun, { oracle }: Source): Promise<Appraisal> {
  const { scale, offset } = run.field;
  const items = await run.sample({ count: samples, seed });
  const report = modeReport(
    items.map((v) => (v - offset) / scale),
    oracle!,
  );
  const { hit, modes, highQuality } = report;
  const text = `${hit} of ${modes} modes, ${percent(highQuality)} of points within 3 deviations of one`;
  return { samples, text, figures: { hit, modes, highQuality } };
}

/** By the judge that knows these classes at this size, if there is one. */
async function appraiseImages(run: OpenRun): Promise<Appraisal | undefined> {
  if (!existsSync(digitJudgeFile)) return undefined;
  const judge = await openJudge(run.provider);
  const { input, classes } = judge.manifest;
  const labels = Object.values(run.config.fields).find((f) => f.classes)?.classes;
  const knows = sameShape(input.shape, run.field.shape) && labels?.join() === classes.join();
  if (!knows) {
    await judge.dispose();
    return undefined;
  }
  const items = await run.sample({ count: samples, seed });
  const { sure, smallestShare } = digitReport(await judge.probabilities(items));
  await judge.dispose();
  const text = `the judge is at least ${sureAt * 100} % sure of ${percent(sure)} of them; the rarest class has ${percent(smallestShare)}`;
  return { samples, text, figures: { sure, smallestShare } };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

import type { Source } from "../data/source.ts";
import { classReport, sureAt } from "../metrics/class-report.ts";
import { openExtractor } from "../metrics/extractor-file.ts";
import { modeReport } from "../metrics/modes.ts";
import { openData } from "./config.ts";
import { classifierOf } from "./instruments.ts";
import type { OpenRun } from "./sample.ts";
import { rangeOf } from "./stocks.ts";

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
  const source = await openData(run.config.data);
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

/** By the bundled classifier of these very classes, if there is one. */
async function appraiseImages(run: OpenRun): Promise<Appraisal | undefined> {
  const { field } = run;
  const judge = classifierOf(run.config.fields, field);
  if (judge === undefined) return undefined;
  const extractor = await openExtractor(run.provider, judge);
  const data = await run.sample({ count: samples, seed });
  const [channels, height, width] = field.shape as [number, number, number];
  const images = { data, count: samples, channels, height, width, range: rangeOf(field) };
  const { probabilities } = await extractor.extract(images);
  await extractor.dispose();
  const { sure, smallestShare } = classReport(probabilities!);
  const text = `the judge is at least ${sureAt * 100} % sure of ${percent(sure)} of them; the rarest class has ${percent(smallestShare)}`;
  return { samples, text, figures: { sure, smallestShare } };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

import { join } from "node:path";
import { readCodes } from "../../app/codes.ts";
import { conditionOf } from "../../app/condition.ts";
import { openData } from "../../app/config.ts";
import { langevin } from "../../app/langevin.ts";
import { refreshed } from "../../app/refresh.ts";
import { classNumbers, type OpenRun } from "../../app/sample.ts";
import { type SampleFormat, sampleFormats, writeSamples } from "../../app/sample-files.ts";
import { GanymedeError } from "../../core/errors.ts";
import type { ItemArray } from "../../data/source.ts";
import { pictureSize, showsReal } from "../../train/picture.ts";
import type { SampleRequest } from "../../train/sampler.ts";
import type { Call, Command } from "../command.ts";
import { oneOf, positiveNumber, wholeNumber } from "../flags.ts";
import { openedRun, runOptions } from "../open-run.ts";
import { grouped } from "../text.ts";

export const sample: Command = {
  about: "make new samples with a trained run",
  arguments: "<run>",
  options: [
    ["-n, --count <n>", "how many (default: 64 images, 2000 points; with --class 8 of each)"],
    ["--seed <n>", "item i depends on the seed and i alone (default: 0)"],
    ["--out <path>", "a .png, .npz or .csv file, or folder (default: <run>/grid.png)"],
    ["--format <f>", "png, folder, npz or csv, where --out does not tell"],
    ["--class <c>", "names or numbers of classes, as 3,7, or all: a row each"],
    ["--condition <c>", "labels that all are to have, as red,square (or none), or their numbers"],
    ["--truncation <t>", "scales the codes: below 1 trades variety for quality (default: 1)"],
    ["--within <t>", "draws numbers of codes beyond ±t again, as BigGAN does (at least 0.05)"],
    ["--langevin <steps>", "first move the codes to where the discriminator sees data (DDLS)"],
    ["--refresh <batches>", "first take the averaged net's statistics anew, of so many batches"],
    ["--codes <file>", "of these codes, by sample or invert, instead of the seed's"],
    ["--columns <n>", "images in a row of the picture"],
    ...runOptions,
  ],
  examples: [
    "sample runs/dcgan-001 --seed 3 --truncation 0.7 --out digits.png",
    "sample runs/dcgan-001 -n 10000 --out digits/",
    "sample runs/dcgan-001 -n 50000 --out digits.npz",
  ],
  more: `A folder gets one PNG an item, an .npz samples, codes and labels for NumPy: any number of them.
Items are counted from 0 by rows; interpolate and arithmetic take those numbers.`,
  run: openedRun(async ({ run: kept, options, terminal }) => {
    const batches = wholeNumber("--refresh", options.refresh, 1);
    const run = batches === undefined ? kept : await refreshed(kept, { batches });
    const columns = wholeNumber("--columns", options.columns, 1);
    const format = oneOf("--format", options.format, sampleFormats);
    const asked = await requestOf(run, options);
    const steps = wholeNumber("--langevin", options.langevin, 1);
    const request = steps === undefined ? asked : await movedBy(run, asked, { steps, terminal });
    const { count, seed, truncation, within } = request;
    // A table is best read as one; a picture would show two of its columns.
    const usual = run.field.columns ? "csv" : "png";
    const out = String(options.out ?? join(run.path, files[format ?? usual]));
    const real = await realItems(run);
    const written = await writeSamples(run, request, {
      out,
      ...(format && { format }),
      columns: columns ?? request.each,
      ...(real && { real }),
      onProgress: (done) => {
        if (terminal.isLive) terminal.live(`${grouped(done)}/${grouped(count)}`);
      },
    });
    const { step } = run.checkpoint;
    const told = { file: out, format: written, step, count, seed, truncation, within };
    if (options.json) terminal.out(JSON.stringify(told));
    else terminal.out(`${grouped(count)} samples of step ${step}: ${out}`);
  }),
};

/** Where samples go, within the run. */
const files: Record<SampleFormat, string> = {
  png: "grid.png",
  folder: "generated",
  npz: "samples.npz",
  csv: "samples.csv",
};

async function requestOf(run: OpenRun, options: Call["options"]): Promise<SampleRequest> {
  const asked = wholeNumber("--count", options.count, 1);
  const seed = wholeNumber("--seed", options.seed, 0) ?? 0;
  const truncation = positiveNumber("--truncation", options.truncation) ?? 1;
  const within = positiveNumber("--within", options.within);
  const bound = within === undefined ? {} : { within };
  const { condition } = options;
  const told = condition === undefined ? {} : { condition: conditionOf(run, String(condition)) };
  const drawn = { count: asked ?? pictureSize(run.field), seed, truncation, ...bound, ...told };
  if (options.codes !== undefined) return requestOfCodes(run, options, drawn);
  if (options.class === undefined) return drawn;
  const labels = classNumbers(run, String(options.class));
  const each = asked ?? 8;
  return { ...drawn, count: each * labels.length, labels, each };
}

/** The same items, their codes moved by Langevin steps. */
async function movedBy(
  run: OpenRun,
  request: SampleRequest,
  { steps, terminal }: { readonly steps: number; readonly terminal: Call["terminal"] },
): Promise<SampleRequest> {
  const { seed } = request;
  const onProgress = (done: number, all: number) => {
    if (terminal.isLive) terminal.live(`${grouped(done)}/${grouped(all)} steps of codes`);
  };
  const codes = await langevin(run, run.sampler.codes(request), { steps, seed, onProgress });
  return { ...request, codes };
}

/** With `--class` the codes of a file are shown as those classes, one after the other. */
async function requestOfCodes(
  run: OpenRun,
  options: Call["options"],
  { seed, truncation }: { seed: number; truncation: number },
): Promise<SampleRequest> {
  for (const flag of ["count", "seed", "within", "condition"] as const) {
    if (options[flag] !== undefined) throw unused(`--${flag}`);
  }
  const { codes, count, labels } = await readCodes(run, String(options.codes));
  const scaled = codes.map((v) => v * truncation);
  const asked = options.class === undefined ? labels : classNumbers(run, String(options.class));
  return { seed, truncation, count, codes: scaled, ...(asked && { labels: asked }) };
}

const unused = (flag: string) =>
  new GanymedeError("USAGE", {
    where: flag,
    expected: "codes from a seed or from a file",
    got: `${flag} beside --codes`,
    fix: `leave ${flag} out: all codes of the file are taken`,
  });

/** Data to draw behind points, where they are still there: a picture without them is a picture. */
async function realItems({ config, field, game }: OpenRun): Promise<ItemArray | undefined> {
  if (!showsReal(field)) return undefined;
  try {
    const source = await openData(config.data);
    return source.batch(0, pictureSize(field), 0)[game.field];
  } catch (error) {
    if (error instanceof GanymedeError) return undefined;
    throw error;
  }
}

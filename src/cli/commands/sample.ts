import { join } from "node:path";
import { loadSource } from "../../app/config.ts";
import { findRun } from "../../app/run-names.ts";
import { classNumber, type OpenRun, openRun } from "../../app/sample.ts";
import { GanymedeError } from "../../core/errors.ts";
import { writeAtomic } from "../../core/files.ts";
import type { ItemArray } from "../../data/source.ts";
import { picture, pictureSize, showsReal } from "../../train/picture.ts";
import type { Command } from "../command.ts";
import { checkpointOption, positiveNumber, readCheckpoint, wholeNumber } from "../flags.ts";

export const sample: Command = {
  about: "make new samples with a trained run",
  arguments: "<run>",
  options: [
    ["-n, --count <n>", "how many (default: 64 images, or 2000 points)"],
    ["--seed <n>", "item i depends on the seed and i alone (default: 0)"],
    ["--out <file>", "the picture to write (default: <run>/grid.png)"],
    ["--scale <s>", "spread of the noise: below 1 trades variety for quality (default: 1)"],
    ["--class <c>", "name or number of the class, for a conditional system"],
    checkpointOption,
    ["--threads <n>", "threads of one operator (default: all cores)"],
    ["--json", "the result as JSON"],
  ],
  examples: ["sample runs/dcgan-001", "sample runs/dcgan-001 -n 16 --seed 3 --out digits.png"],
  async run({ args, options, terminal }) {
    const count = wholeNumber("--count", options.count, 1);
    const seed = wholeNumber("--seed", options.seed, 0) ?? 0;
    const scale = positiveNumber("--scale", options.scale) ?? 1;
    const threads = wholeNumber("--threads", options.threads, 1);
    const run = await openRun(findRun("runs", args[0]!), {
      ...(threads !== undefined && { threads }),
      ...readCheckpoint(options.checkpoint),
    });
    const file = String(options.out ?? join(run.path, "grid.png"));
    const asked = { count: count ?? pictureSize(run.field), seed, scale };
    const name = options.class;
    const labels = name === undefined ? {} : { labels: [classNumber(run, String(name))] };
    const items = await run.sample({ ...asked, ...labels });
    writeAtomic(file, picture(items, run.field, await realItems(run)));
    await run.dispose();
    const { step } = run.checkpoint;
    if (options.json) terminal.out(JSON.stringify({ file, step, ...asked }));
    else terminal.out(`${asked.count} samples of step ${step}: ${file}`);
    return 0;
  },
};

/** Data to draw behind points, where they are still there: a picture without them is a picture. */
async function realItems({ config, field, game }: OpenRun): Promise<ItemArray | undefined> {
  if (!showsReal(field)) return undefined;
  try {
    const source = (await loadSource(config.data.source)).open(config.data.options);
    return source.batch(0, pictureSize(field), 0)[game.field];
  } catch (error) {
    if (error instanceof GanymedeError) return undefined;
    throw error;
  }
}

/**
 * Using a trained run from a program: samples, a way between them, arithmetic, inversion, a page.
 *
 *   npx tsx examples/02-use-a-run.ts [steps] [folder]
 */
import { join } from "node:path";
// In a project of your own: from "ganymede".
import {
  arithmetic,
  exportPage,
  interpolate,
  invertImage,
  openRun,
  parseReference,
  readPicture,
  resolveConfig,
  resolveReferences,
  startTraining,
  writeInversion,
  writeSamples,
} from "../src/index.ts";

const steps = Number(process.argv[2] ?? 1500);
const folder = process.argv[3] ?? "runs/example";
const to = (name: string) => join(folder, name);

const { config } = await resolveConfig({ system: "dcgan", preset: "first-light", steps });
const training = startTraining({ config, runPath: folder, resume: false, onEvent: () => {} });
await training.done;

// From here on the data are not needed.
const run = await openRun(folder);
await writeSamples(run, { count: 64, seed: 0 }, { out: to("sheet.png") });
await writeSamples(run, { count: 8, seed: 0, truncation: 0.7 }, { out: to("digits") });

// Item 3 of seed 0, item 12 of seed 5, and back.
const keys = await resolveReferences(run, ["3", "5:12"].map(parseReference), { seed: 0 });
await interpolate(run, keys, { out: to("way.webp"), perLeg: 6, loop: true });
await arithmetic(run, "[1,2,3] - [4,5] + [6,7]", { out: to("sum.png"), seed: 0 });

const image = await readPicture(run, to("digits/000003.png"));
const found = await invertImage(run, image, { seed: 0, steps: 50, restarts: 2 });
await writeInversion(run, image, found, {
  picture: to("inverted.png"),
  code: to("inverted.json"),
});
console.log(`found again to ${(100 * found[0]!.error).toFixed(2)} %: ${to("inverted.png")}`);

const page = await exportPage(run);
console.log(`open in a browser: ${page.file}`);
await run.dispose();

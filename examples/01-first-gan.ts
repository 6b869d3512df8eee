/**
 * A first GAN: learn eight blobs on a ring, then draw what it has learnt.
 *
 *   npx tsx examples/01-first-gan.ts [steps] [folder]
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
// In a project of your own: from "ganymede" and "ganymede/data".
import { ring8 } from "../src/data/index.ts";
import { nextRunName, openRun, picture, resolveConfig, startTraining } from "../src/index.ts";

const steps = Number(process.argv[2] ?? 3000);
const folder = process.argv[3] ?? "runs";

// A system has options, each with a default: name only what you want otherwise.
const { config } = await resolveConfig({
  system: "gan-vanilla",
  data: "ring8",
  options: { width: 128 },
  steps,
  seed: 1,
});

// Training runs in a thread of its own and tells how it goes.
const runPath = join(folder, nextRunName(folder, config.system));
const training = startTraining({
  config,
  runPath,
  resume: false,
  onEvent: (event) => {
    if (event.kind === "checkpoint") console.log(`checkpoint at step ${event.step}`);
  },
});
await training.done;

// A run can be opened at any time, on any machine. Items come as networks see them.
const run = await openRun(runPath);
const points = await run.sample({ count: 2000, seed: 7 });

// Blue: what the generator makes. Grey: the data.
const real = ring8.open().batch(0, 2000, 7).point;
const file = join(runPath, "ring.png");
writeFileSync(file, picture(points, run.field, real));
console.log(`${run.checkpoint.step} steps: ${file}`);
await run.dispose();

import { join } from "node:path";
import { parseReference, resolveReferences } from "../../app/codes.ts";
import { directionMethods, walkDirections } from "../../app/directions.ts";
import { classNumber } from "../../app/sample.ts";
import type { Command } from "../command.ts";
import { oneOf, positiveNumber, wholeNumber } from "../flags.ts";
import { openedRun, runOptions } from "../open-run.ts";

export const directions: Command = {
  about: "move a sample along the directions in which its generator changes most",
  arguments: "<run>",
  options: [
    ["--item <n>", "the sample to move (default: 0)"],
    ["--seed <n>", "the seed whose samples --item counts (default: 0)"],
    ["--count <n>", "how many directions, the strongest first (default: 6)"],
    ["--method <m>", "sefa, by the first layer, or pca, by what is drawn (default: sefa)"],
    ["--truncation <t>", "scales the code of a seed (default: 1)"],
    ["--reach <r>", "farthest step of the code, either way (default: 3)"],
    ["--steps <n>", "pictures of a row (default: 7)"],
    ["--out <file>", ".png, .npz, .csv or a folder (default: <run>/directions.png)"],
    ["--class <c>", "the class of all items"],
    ...runOptions,
  ],
  examples: ["directions runs/dcgan-001 --item 3 --count 8 --out looks.png"],
  more: "A row is a direction. SeFa: arXiv:2007.06600. PCA as GANSpace: arXiv:2004.02546.",
  run: openedRun(async ({ run, options, terminal }) => {
    const asked = {
      count: wholeNumber("--count", options.count, 1),
      steps: wholeNumber("--steps", options.steps, 1),
      method: oneOf("--method", options.method, directionMethods),
      reach: positiveNumber("--reach", options.reach),
    };
    const seed = wholeNumber("--seed", options.seed, 0) ?? 0;
    const item = [parseReference(String(options.item ?? 0))];
    const truncation = positiveNumber("--truncation", options.truncation) ?? 1;
    const found = await resolveReferences(run, item, { seed, truncation });
    const labels =
      options.class === undefined ? undefined : [classNumber(run, String(options.class))];
    const out = String(options.out ?? join(run.path, "directions.png"));
    const { stretches } = await walkDirections(run, labels ? { ...found, labels } : found, {
      out,
      seed,
      ...Object.fromEntries(Object.entries(asked).filter(([, v]) => v !== undefined)),
    });
    if (options.json) terminal.out(JSON.stringify({ file: out, stretches }));
    else {
      const shown = stretches.map((v) => v.toPrecision(3)).join(", ");
      terminal.out(`${stretches.length} directions, stretched by ${shown}: ${out}`);
    }
  }),
};

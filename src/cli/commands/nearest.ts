import { join } from "node:path";
import { parseReference, resolveReferences } from "../../app/codes.ts";
import { likenesses } from "../../app/likeness.ts";
import { nearestItems, writeNearest } from "../../app/nearest.ts";
import { classNumber } from "../../app/sample.ts";
import type { Command } from "../command.ts";
import { oneOf, positiveNumber, wholeNumber } from "../flags.ts";
import { openedRun, runOptions } from "../open-run.ts";
import { grouped, table } from "../text.ts";

export const nearest: Command = {
  about: "find the training items nearest to samples: does the generator copy?",
  arguments: "<run>",
  options: [
    ["--items <list>", "the samples, as 3,17,40 (default: 0,1,2,3,4,5,6,7)"],
    ["--seed <n>", "the seed whose samples --items counts (default: 0)"],
    ["--count <n>", "neighbours of each (default: 8)"],
    ["--by <b>", "features, of the encoder for grey images, or pixels (default: features)"],
    ["--reference <n>", "training items to look at (default: 5000)"],
    ["--out <file>", ".png: a row a sample, before its neighbours (default: <run>/nearest.png)"],
    ["--class <c>", "the class of all samples"],
    ["--truncation <t>", "scales the codes of seeds (default: 1)"],
    ...runOptions,
  ],
  examples: ["nearest runs/dcgan-001 --items 3,17 --by pixels --out near.png"],
  run: openedRun(async ({ run, options, terminal }) => {
    const seed = wholeNumber("--seed", options.seed, 0) ?? 0;
    const truncation = positiveNumber("--truncation", options.truncation) ?? 1;
    const words = String(options.items ?? "0,1,2,3,4,5,6,7").split(",");
    const references = words.map((word) => parseReference(word.trim()));
    const found = await resolveReferences(run, references, { seed, truncation });
    const labels =
      options.class === undefined ? found.labels : [classNumber(run, String(options.class))];
    const request = { seed, count: found.count, codes: found.codes, ...(labels && { labels }) };
    const items = await run.sample(request);
    const asked = {
      by: oneOf("--by", options.by, likenesses),
      count: wholeNumber("--count", options.count, 1),
      reference: wholeNumber("--reference", options.reference, 1),
    };
    const given = Object.fromEntries(Object.entries(asked).filter(([, v]) => v !== undefined));
    const near = await nearestItems(run, items, given);
    const out = String(options.out ?? join(run.path, "nearest.png"));
    await writeNearest(run, items, near, out);
    const { by, reference, neighbours } = near;
    if (options.json) return terminal.out(JSON.stringify({ file: out, by, reference, neighbours }));
    const rows = neighbours.map((list, i) => [
      words[i] ?? String(i),
      ...list.slice(0, 4).map(({ index, distance }) => `${index} (${distance.toPrecision(3)})`),
    ]);
    terminal.out(`the nearest of ${grouped(reference)} training items by ${by}: ${out}`);
    terminal.out(table(rows, terminal.columns));
  }),
};

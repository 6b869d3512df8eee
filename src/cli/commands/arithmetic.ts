import { join } from "node:path";
import { arithmetic as arithmeticOf } from "../../app/arithmetic.ts";
import { parseExpression } from "../../app/expression.ts";
import { classNumber } from "../../app/sample.ts";
import type { Command } from "../command.ts";
import { positiveNumber, wholeNumber } from "../flags.ts";
import { openedRun, runOptions } from "../open-run.ts";

export const arithmetic: Command = {
  about: "add and subtract what samples have in common",
  arguments: "<run> <expression>",
  options: [
    ["--seed <n>", "the seed whose samples are counted (default: 0)"],
    ["--out <path>", ".png, .npz, .csv or a folder (default: <run>/arithmetic.png)"],
    ["--code <file>", "also write the result's code, .json or .npz, for other commands"],
    ["--spread <s>", "how far the result's neighbours are from it (default: 0.25)"],
    ["--renormalise", "bring the result to the usual length of normal codes"],
    ["--class <c>", "a class for all, for a conditional system"],
    ["--truncation <t>", "scales the codes of seeds (default: 1)"],
    ...runOptions,
  ],
  examples: [
    'arithmetic runs/faces "[3,17,52] - [8,9,11] + [30,31,40]"',
    'arithmetic runs/faces "@me.json + 0.5*[1,2] - 0.5*[5:3,4]"',
  ],
  more: `The codes of a group are averaged: smiling women - neutral women + neutral men. Items are 12 (of
--seed), 5:12 (of seed 5) or @file. The figure has a column a group with its mean below; on the
right the result among its neighbours.`,
  run: openedRun(async ({ run, args, options, terminal }) => {
    const text = args[1]!;
    const terms = parseExpression(text);
    const spread = positiveNumber("--spread", options.spread);
    const out = String(options.out ?? join(run.path, "arithmetic.png"));
    const code = options.code === undefined ? {} : { code: String(options.code) };
    const label =
      options.class === undefined ? {} : { label: classNumber(run, String(options.class)) };
    await arithmeticOf(run, text, {
      out,
      seed: wholeNumber("--seed", options.seed, 0) ?? 0,
      truncation: positiveNumber("--truncation", options.truncation) ?? 1,
      renormalise: options.renormalise === true,
      ...(spread !== undefined && { spread }),
      ...code,
      ...label,
    });
    const { step } = run.checkpoint;
    if (options.json) terminal.out(JSON.stringify({ file: out, step, terms, ...code }));
    else terminal.out(`${text} at step ${step}: ${out}`);
  }),
};

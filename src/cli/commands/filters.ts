import { join } from "node:path";
import { filterSheet } from "../../app/filters.ts";
import type { Command } from "../command.ts";
import { wholeNumber } from "../flags.ts";
import { openedRun, runOptions } from "../open-run.ts";

export const filters: Command = {
  about: "show what the discriminator's last filters look for in the data",
  arguments: "<run>",
  options: [
    ["--units <n>", "how many filters, a row each (default: 8)"],
    ["--columns <n>", "images of a row, the strongest answer first (default: 8)"],
    ["--images <n>", "images of the data that are looked at (default: 1000)"],
    ["--seed <n>", "which of the data (default: 0)"],
    ["--out <file>", "a .png file (default: <run>/filters.png)"],
    ...runOptions,
  ],
  examples: ["filters runs/dcgan-001 --units 12 --out looks-for.png"],
  more: "Lit is where a filter answers most; a filter that has learnt nothing lights up anywhere.",
  run: openedRun(async ({ run, options, terminal }) => {
    const asked = Object.fromEntries(
      (["units", "columns", "images"] as const).map((name) => [
        name,
        wholeNumber(`--${name}`, options[name], 1),
      ]),
    );
    const given = Object.fromEntries(Object.entries(asked).filter(([, v]) => v !== undefined));
    const seed = wholeNumber("--seed", options.seed, 0) ?? 0;
    const out = String(options.out ?? join(run.path, "filters.png"));
    const rows = await filterSheet(run, { ...given, out, seed });
    if (options.json) terminal.out(JSON.stringify({ file: out, rows }));
    else terminal.out(`${rows.length} filters: ${out}`);
  }),
};

import { loadData } from "../app/config.ts";
import { checkData, type DataReport } from "../app/data-check.ts";
import type { Command } from "./command.ts";
import { readDataFlags } from "./data-flags.ts";
import { exitCodes } from "./exit-codes.ts";
import { openingOn } from "./opening.ts";
import type { Terminal } from "./terminal.ts";
import { grouped, table } from "./text.ts";

/** Lines of a list that are shown; --json has them all. */
const shown = 20;

export const check: Command = {
  about: "look for bad files, copies and unequal classes; draw what is learnt from",
  arguments: "<data>",
  options: [
    ["--sheet <file>", "where the picture goes (default: data-check.png)"],
    ["--no-sheet", "draw nothing"],
    ["--json", "as JSON, with every file and copy"],
  ],
  open: true,
  examples: [
    "data check photos/",
    "data check photos.zip --data.side 128 --data.mirror true",
    "data check mnist --json",
  ],
  more: `<data> is a path, or a name that \`ganymede data\` lists; its options begin with --data. as in
training. The picture shows items as the discriminator will see them: resized, cut and turned.
Ends with 1 when nothing can be used, with 0 when there are warnings only.`,
  async run({ args, options, rest, terminal }) {
    const name = args[0]!;
    const { definition } = await loadData(name);
    const sheet = options.sheet as string | boolean | undefined;
    const report = await checkData(name, {
      options: readDataFlags(rest, definition, "data check"),
      ...(sheet !== false && { sheet: typeof sheet === "string" ? sheet : "data-check.png" }),
      opening: openingOn(terminal),
    });
    if (options.json) terminal.out(JSON.stringify(report, null, 2));
    else show(report, terminal);
    return report.items === 0 ? exitCodes.failure : exitCodes.ok;
  },
};

function show(report: DataReport, terminal: Terminal): void {
  const { out, columns, colours } = terminal;
  out(table(summary(report), columns, 0));
  const { refused, duplicates, warnings, sheet } = report;
  const list = (title: string, lines: readonly (readonly string[])[]) => {
    if (lines.length === 0) return;
    out(`\n${colours.bold(title)}`);
    out(table(lines.slice(0, shown), columns));
    if (lines.length > shown) out(`  and ${grouped(lines.length - shown)} more: see --json`);
  };
  list(
    "files that cannot be used",
    refused.map(({ name, reason }) => [name, reason]),
  );
  list(
    "copies",
    duplicates.same.map((names) => [names.join(" = ")]),
  );
  list(
    "nearly the same",
    duplicates.near.map((names) => [names.join(" ~ ")]),
  );
  if (warnings.length > 0) out("");
  for (const text of warnings) out(`${colours.yellow("warning")} ${text}`);
  if (sheet) out(`\nwhat the discriminator will see: ${sheet}`);
}

function summary(report: DataReport): string[][] {
  const { source, items, fields, files, refused, facts, classes, values } = report;
  const number = (v: number) => String(Number(v.toPrecision(4)));
  const tally = (pairs: readonly (readonly [string, number])[]) => {
    const some = pairs.slice(0, 6).map(([value, count]) => `${value} (${grouped(count)})`);
    return some.join(", ") + (pairs.length > 6 ? ` and ${pairs.length - 6} more` : "");
  };
  return [
    ["source", source],
    ["items", items === undefined ? "endless" : grouped(items)],
    ...(files === undefined
      ? []
      : [["files", `${grouped(files)}, ${grouped(refused.length)} of them cannot be used`]]),
    ...Object.entries(fields).map(([name, { shape, dtype }]) => [
      name,
      `${dtype} [${shape.join(", ")}]${range(values[name], number)}`,
    ]),
    ...Object.entries(facts).map(([name, pairs]) => [name, tally(pairs)]),
    ...(classes ? [["classes", tally(Object.entries(classes))]] : []),
  ];
}

const range = (of: DataReport["values"][string] | undefined, number: (v: number) => string) =>
  of
    ? `, from ${number(of.low)} to ${number(of.high)}, mean ${number(of.mean)}, deviation ${number(of.deviation)}`
    : "";

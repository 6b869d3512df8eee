import { type Comparison, compareRuns, type Difference } from "../../app/compare-runs.ts";
import { findRun } from "../../app/run-names.ts";
import { noteOf, noteRun } from "../../app/run-notes.ts";
import { deleteRun, listRuns, requireInside, tagRun } from "../../app/runs.ts";
import { GanymedeError } from "../../core/errors.ts";
import type { Call, Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { runRows } from "../run-table.ts";
import type { Terminal } from "../terminal.ts";
import { grouped, table } from "../text.ts";

const where = ["--out <folder>", "where runs are kept (default: runs)"] as const;
const asJson = ["--json", "as JSON"] as const;

const folderOf = ({ options }: Call): string =>
  options.out === undefined ? "runs" : String(options.out);
const runOf = (call: Call, i = 0): string => findRun(folderOf(call), call.args[i]!);

const compare: Command = {
  about: "how two runs differ in settings, readings and scores",
  arguments: "<a> <b>",
  options: [where, asJson],
  examples: ["runs compare dcgan-001 dcgan-002"],
  async run(call) {
    const comparison = compareRuns(runOf(call, 0), runOf(call, 1));
    if (call.options.json) call.terminal.out(JSON.stringify(comparison, null, 2));
    else showComparison(comparison, call.terminal);
    return exitCodes.ok;
  },
};

function showComparison({ runs, settings, readings, scores }: Comparison, terminal: Terminal) {
  const { out, colours, columns } = terminal;
  const rows = (list: readonly Difference[]) =>
    list.map(({ name, values }) => [name, shown(values[0]), shown(values[1])]);
  const section = (title: string, body: readonly string[][], otherwise: string) => {
    out(`\n${colours.bold(title)}`);
    out(body.length > 0 ? table([["", ...runs], ...body], columns) : `  ${otherwise}`);
  };
  out(`${colours.bold(runs[0])} and ${colours.bold(runs[1])}`);
  section("settings that differ", rows(settings), "none");
  section("last readings", rows(readings), "nothing was logged");
  const scored = scores.map(({ name, values, steps, isFair }) => {
    const [a, b] = values.map((v, i) =>
      v === undefined ? "-" : `${shown(v)} at ${grouped(steps[i]!)}`,
    );
    const isUnfair = !isFair && values.every((v) => v !== undefined);
    return [name, a!, `${b}${isUnfair ? "  (not comparable: measured differently)" : ""}`];
  });
  section("last scores", scored, "none: see `ganymede evaluate`");
}

const shown = (value: unknown): string => {
  if (value === undefined) return "-";
  if (typeof value === "number") return String(Number(value.toPrecision(5)));
  return typeof value === "string" ? value : JSON.stringify(value);
};

const tag: Command = {
  about: "give a run words to find it by",
  arguments: "<run> <tags>",
  options: [["--remove", "take them away instead"], where, asJson],
  examples: ["runs tag dcgan-001 good,wide", "runs tag dcgan-001 good --remove"],
  async run(call) {
    const words = call.args[1]!.split(",").filter(Boolean);
    const [add, remove] = call.options.remove ? [[], words] : [words, []];
    const tags = tagRun(runOf(call), add, remove);
    const { terminal } = call;
    if (call.options.json) terminal.out(JSON.stringify({ run: runOf(call), tags }));
    else terminal.out(`${runOf(call)}: ${tags.join(", ") || "no tags"}`);
    return exitCodes.ok;
  },
};

const note: Command = {
  about: "write about a run, or read what was written",
  arguments: "<run> [text]",
  options: [where, asJson],
  examples: ['runs note dcgan-001 "wide, and slow"', "runs note dcgan-001"],
  more: "An empty text takes the note away.",
  async run(call) {
    const [, text] = call.args;
    const path = runOf(call);
    const kept = text === undefined ? noteOf(path) : noteRun(path, text);
    const { terminal, options } = call;
    if (options.json) terminal.out(JSON.stringify({ run: path, note: kept }));
    else terminal.out(kept || `${path}: no note`);
    return exitCodes.ok;
  },
};

const remove: Command = {
  about: "delete a run and all its files, for good",
  arguments: "<run>",
  options: [["--yes", "do not ask"], where, asJson],
  examples: ["runs delete dcgan-001", "runs delete dcgan-001 --yes"],
  more: "Only folders in the folder of runs are deleted, and none that is training.",
  async run(call) {
    const { terminal, options } = call;
    const path = runOf(call);
    requireInside(folderOf(call), path);
    const answer = options.yes ? "y" : await terminal.ask(`delete ${path} for good? [y/N] `);
    if (answer === undefined) throw needsYes(path);
    const isSure = /^y(es)?$/i.test(answer.trim());
    if (isSure) deleteRun(folderOf(call), path);
    if (options.json) terminal.out(JSON.stringify({ run: path, deleted: isSure }));
    else terminal.out(isSure ? `deleted: ${path}` : `kept: ${path}`);
    return exitCodes.ok;
  },
};

const needsYes = (path: string): GanymedeError =>
  new GanymedeError("USAGE", {
    where: "ganymede runs delete",
    expected: "an answer, or --yes",
    got: "nobody to ask",
    fix: `add --yes to delete ${path} for good`,
  });

export const runs: Command = {
  about: "list, compare, tag, annotate and delete runs",
  options: [["--tag <word>", "only runs with this tag"], where, asJson],
  examples: ["runs", "runs --tag good", "runs compare dcgan-001 dcgan-002"],
  commands: { compare, tag, note, delete: remove },
  async run(call) {
    const { options, terminal } = call;
    const all = await listRuns(folderOf(call));
    const list = all.filter(({ tags }) => !options.tag || tags.includes(String(options.tag)));
    if (options.json) terminal.out(JSON.stringify(list, null, 2));
    else if (list.length === 0) terminal.err(`no runs in ${folderOf(call)}`);
    else terminal.out(table(runRows(list, terminal), terminal.columns, 0));
    return exitCodes.ok;
  },
};

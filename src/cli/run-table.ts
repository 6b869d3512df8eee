import type { RunSummary } from "../app/runs.ts";
import type { Terminal } from "./terminal.ts";
import { bytes, grouped } from "./text.ts";

interface Column {
  readonly title: string;
  /** The lowest go first where there is no room. */
  readonly worth: number;
  cell(run: RunSummary): string;
}

const columns: readonly Column[] = [
  { title: "run", worth: 9, cell: ({ name }) => name },
  { title: "system", worth: 5, cell: ({ system }) => system ?? "" },
  { title: "data", worth: 2, cell: ({ data }) => data ?? "" },
  { title: "steps", worth: 7, cell: stepsOf },
  { title: "state", worth: 8, cell: ({ state, error }) => (error ? `${state}: ${error}` : state) },
  { title: "best score", worth: 6, cell: bestOf },
  { title: "started", worth: 1, cell: ({ started }) => started.slice(0, 16).replace("T", " ") },
  { title: "size", worth: 3, cell: ({ bytes: size }) => bytes(size) },
  { title: "tags", worth: 4, cell: ({ tags }) => tags.join(" ") },
];

function stepsOf({ step, steps }: RunSummary): string {
  return steps === undefined || step === steps
    ? grouped(step)
    : `${grouped(step)}/${grouped(steps)}`;
}

function bestOf({ best }: RunSummary): string {
  return best ? `${best.metric} ${Number(best.value.toPrecision(4))} at ${grouped(best.step)}` : "";
}

/** Rows for `table`: a heading, then a run each, in as many columns as fit. */
export function runRows(
  runs: readonly RunSummary[],
  terminal: Pick<Terminal, "columns">,
): string[][] {
  const rowsOf = (shown: readonly Column[]) => [
    shown.map(({ title }) => title),
    ...runs.map((run) => shown.map(({ cell }) => cell(run))),
  ];
  // Nobody has tags, nobody has scores: no column for them.
  let shown = columns.filter(({ cell }) => runs.some((run) => cell(run) !== ""));
  while (shown.length > 3 && widthOf(rowsOf(shown)) > terminal.columns) {
    const least = Math.min(...shown.map(({ worth }) => worth));
    shown = shown.filter(({ worth }) => worth !== least);
  }
  return rowsOf(shown);
}

const widthOf = (rows: readonly string[][]): number =>
  rows[0]!.reduce((sum, _, i) => sum + 2 + Math.max(...rows.map((row) => row[i]!.length)), -2);

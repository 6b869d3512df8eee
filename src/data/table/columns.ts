import type { CategoryColumn, NumberColumn, TableColumn } from "../source.ts";
import type { Cell } from "./read.ts";

/** A value of its own for categories. */
const missing = "(missing)";

/** What became of a column: its place in a row, or why it is left out. */
export type Decided = TableColumn | string;

export interface Rules {
  /** More different values are no category. */
  readonly most: number;
  /** Columns of numbers that are categories all the same. */
  readonly categories: ReadonlySet<string>;
}

/** Looks at the cells of a column. `at` is where its numbers will begin. */
export function decide(name: string, cells: readonly Cell[], at: number, rules: Rules): Decided {
  const known = cells.filter((cell) => cell !== null);
  if (known.length === 0) return "it is empty";
  const hasGaps = known.length < cells.length;
  const isNumber = known.every((cell) => typeof cell === "number") && !rules.categories.has(name);
  return isNumber
    ? numberColumn(name, known as number[], at, hasGaps)
    : categoryColumn(name, known.map(String), at, hasGaps, rules.most);
}

function numberColumn(
  name: string,
  values: readonly number[],
  at: number,
  hasGaps: boolean,
): NumberColumn | string {
  let [sum, low, high] = [0, values[0]!, values[0]!];
  for (const v of values) {
    if (!Number.isFinite(v)) return `it holds ${v}`;
    sum += v;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / values.length);
  if (!(deviation > 0 && Number.isFinite(deviation)) && !hasGaps) return `it is always ${low}`;
  return {
    kind: "number",
    name,
    at,
    mean,
    deviation: deviation > 0 ? deviation : 1,
    digits: values.reduce((most, v) => Math.max(most, digitsOf(v)), 0),
    low,
    high,
    ...(hasGaps && { missingAt: at + 1 }),
  };
}

function digitsOf(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1] ?? "").length - Number(exponent));
}

function categoryColumn(
  name: string,
  values: readonly string[],
  at: number,
  hasGaps: boolean,
  most: number,
): CategoryColumn | string {
  const distinct = [...new Set(values)].sort();
  if (distinct.length > most) {
    return `${distinct.length} different values in ${values.length} rows: an identifier, or free text`;
  }
  if (distinct.length === 1 && !hasGaps) return `it is always ${JSON.stringify(distinct[0])}`;
  return { kind: "category", name, at, values: hasGaps ? [...distinct, missing] : distinct };
}

/** Numbers that a column takes in a row. */
export const widthOf = (column: TableColumn): number =>
  column.kind === "category" ? column.values.length : column.missingAt === undefined ? 1 : 2;

/** Writes a column's cells into rows [rows, width] of zeros. */
export function encodeColumn(
  column: TableColumn,
  cells: readonly Cell[],
  rows: Float32Array,
  width: number,
): void {
  const index = column.kind === "category" ? indexOf(column) : undefined;
  cells.forEach((cell, i) => {
    const row = i * width;
    if (index) rows[row + column.at + index(cell)] = 1;
    else if (column.kind === "number") {
      if (cell === null) rows[row + column.missingAt!] = 1;
      else rows[row + column.at] = ((cell as number) - column.mean) / column.deviation;
    }
  });
}

/** Index of a cell among a category's values. */
export function indexOf({ values }: Pick<CategoryColumn, "values">): (cell: Cell) => number {
  const places = new Map(values.map((value, i) => [value, i]));
  return (cell) => places.get(cell === null ? missing : String(cell))!;
}

/**
 * Rows of numbers as cells of a table, for what a generator made: numbers in their own unit, rounded
 * and bounded as in the data; of a category the value with the largest number. [rows][column].
 */
export function decodeRows(
  columns: readonly TableColumn[],
  rows: Float32Array,
  width: number,
): Cell[][] {
  return Array.from({ length: rows.length / width }, (_, i) => {
    const row = rows.subarray(i * width, (i + 1) * width);
    return columns.map((column) => {
      if (column.kind === "category") {
        const shares = row.subarray(column.at, column.at + column.values.length);
        const value = column.values[shares.indexOf(Math.max(...shares))]!;
        return value === missing ? null : value;
      }
      if (column.missingAt !== undefined && row[column.missingAt]! > 0.5) return null;
      const value = row[column.at]! * column.deviation + column.mean;
      const bounded = Math.min(column.high, Math.max(column.low, value));
      return Number(bounded.toFixed(Math.min(column.digits, 20)));
    });
  });
}

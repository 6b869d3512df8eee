import { basename, resolve } from "node:path";
import { GanymedeError, nearest } from "../../core/errors.ts";
import { finiteSource } from "../finite.ts";
import type { Field, Opening, Source, TableColumn } from "../source.ts";
import { decide, encodeColumn, indexOf, widthOf } from "./columns.ts";
import { readTable, type Table } from "./read.ts";

export interface TableOptions {
  readonly path: string;
  readonly label?: string | undefined;
  readonly categories?: string | undefined;
  readonly ignore?: string | undefined;
  readonly most: number;
}

const listed = (text: string | undefined): ReadonlySet<string> =>
  new Set(text?.split(",").map((name) => name.trim()));

/**
 * A table as rows of numbers: the field `point` f32 [width], numbers standardised and categories as 1
 * among zeros, with its `columns`; and `label` i32 [] where a column is named for it.
 *
 * @throws GanymedeError DATA_MISSING, DATA_FORMAT, DATA_EMPTY, OPTION for a column that is not there
 */
export async function openTable(options: TableOptions, { onWarning }: Opening): Promise<Source> {
  const path = resolve(options.path);
  const table = await readTable(path);
  const { label } = options;
  const ignored = listed(options.ignore);
  const categories = listed(options.categories);
  requireColumns(table, [...ignored, ...categories, ...(label === undefined ? [] : [label])]);
  const columns: TableColumn[] = [];
  let width = 0;
  table.names.forEach((name, i) => {
    if (ignored.has(name) || name === label) return;
    const found = decide(name, table.columns[i]!, width, { most: options.most, categories });
    if (typeof found === "string") onWarning?.(`column ${name} is left out: ${found}`);
    else {
      columns.push(found);
      width += widthOf(found);
    }
  });
  if (table.ragged > 0) onWarning?.(`${table.ragged} rows have another number of cells: left out`);
  if (width === 0) throw useless(path, table);
  const count = table.columns[0]!.length;
  const data = new Float32Array(count * width);
  for (const column of columns) {
    encodeColumn(column, table.columns[table.names.indexOf(column.name)]!, data, width);
  }
  const field: Field = { shape: [width], dtype: "f32", scale: 1, offset: 0, columns };
  const about = { title: basename(path), credit: "of your own", licence: "not stated" };
  return finiteSource(
    { id: "table", about },
    { point: { field, data }, ...(label !== undefined && { label: labelOf(table, label) }) },
  );
}

function labelOf({ names, columns }: Table, name: string) {
  const cells = columns[names.indexOf(name)]!;
  const rules = { most: 10_000, categories: new Set([name]) };
  const found = decide(name, cells, 0, rules);
  if (typeof found === "string" || found.kind !== "category") {
    throw new GanymedeError("OPTION", {
      where: "data table label",
      expected: "a column of classes",
      got: `${name}: ${String(found)}`,
      fix: "name another column",
    });
  }
  const field: Field = { shape: [], dtype: "i32", scale: 1, offset: 0, classes: found.values };
  return { field, data: Int32Array.from(cells, indexOf(found)) };
}

function requireColumns({ names }: Table, wanted: readonly string[]): void {
  const stray = wanted.find((name) => !names.includes(name));
  if (stray === undefined) return;
  const close = nearest(stray, names);
  throw new GanymedeError("OPTION", {
    where: "data table",
    expected: `columns of ${names.slice(0, 20).join(", ")}`,
    got: stray,
    fix: close === undefined ? "correct the name" : `did you mean ${close}?`,
  });
}

const useless = (where: string, { names }: Table) =>
  new GanymedeError("DATA_EMPTY", {
    where,
    expected: "at least one column of numbers or of a few values",
    got: names.slice(0, 8).join(", "),
    fix: "raise the option most, or take another table",
  });

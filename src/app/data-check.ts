import { GanymedeError } from "../core/errors.ts";
import { writeAtomic } from "../core/files.ts";
import type { Opening, Refusal, Source } from "../data/source.ts";
import { loadData } from "./config.ts";
import { dataSheet } from "./data-sheet.ts";
import { type Alike, Inspection, type ValueFacts } from "./inspection.ts";

/** What `checkData` found. Plain data: it is printed as JSON too. */
export interface DataReport {
  /** The source that reads them, and its options. */
  readonly source: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Items that can be used; 0 when there is nothing. Absent for endless data. */
  readonly items?: number;
  /** Shape and type of each field. */
  readonly fields: Readonly<Record<string, { readonly shape: readonly number[]; dtype: string }>>;
  /** Files that were looked at, and those that cannot be used. */
  readonly files?: number;
  readonly refused: readonly Refusal[];
  /** How often each size, format, … occurs, most frequent first. */
  readonly facts: Readonly<Record<string, readonly (readonly [value: string, count: number])[]>>;
  /** Items of each class, by name. */
  readonly classes?: Readonly<Record<string, number>>;
  /** Of each field but labels, in raw units. */
  readonly values: Readonly<Record<string, ValueFacts>>;
  /** Items that are the same, and nearly the same, by name or number. */
  readonly duplicates: Alike;
  /** What may do harm, in sentences. */
  readonly warnings: readonly string[];
  /** The picture of what the discriminator will see. */
  readonly sheet?: string;
}

export interface CheckOptions {
  /** Options of the data source. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Where a PNG of the first items goes, as they are shown in training; none when absent. */
  readonly sheet?: string | undefined;
  readonly opening?: Opening | undefined;
}

/** Items of endless data that are looked at. */
const endlessSample = 2000;

/**
 * Reads all of some data and says what is in them: bad files with their reasons, duplicates, classes,
 * sizes, ranges of values; and draws what a discriminator will be shown, after resizing and turning.
 *
 * @param name of a data source, or a path
 * @throws GanymedeError UNKNOWN_DATA, OPTION, DATA_* when it cannot even be listed, UNWRITABLE; where no
 *   file can be used there is a report with 0 items
 */
export async function checkData(name: string, check: CheckOptions = {}): Promise<DataReport> {
  const { sheet, opening = {} } = check;
  const said: string[] = [];
  const heard: Opening = { ...opening, onWarning: (text) => said.push(text) };
  const { definition, options } = await loadData(name, check.options);
  const about = { source: definition.id, options };
  let source: Source;
  try {
    source = await definition.open(options, heard);
  } catch (error) {
    return { ...about, ...nothingUsable(error) };
  }
  const inspection = inspect(source, opening);
  const drawn = sheet === undefined ? undefined : dataSheet(source);
  if (sheet !== undefined && drawn) writeAtomic(sheet, drawn);
  const facts = sortedFacts((await source.files?.look()) ?? {});
  const found = {
    ...(Number.isFinite(source.size) && { items: source.size }),
    fields: Object.fromEntries(
      Object.entries(source.fields).map(([k, { shape, dtype }]) => [k, { shape, dtype }]),
    ),
    ...(source.files && { files: source.files.count }),
    refused: source.files?.refused ?? [],
    facts,
    ...inspection.report(source.files?.names),
  };
  const warnings = [
    ...said.filter((text) => !isCounted(text, source)),
    ...warningsOf(found, facts),
  ];
  return { ...about, ...found, warnings, ...(drawn && sheet !== undefined && { sheet }) };
}

/** The report has the refused files one by one. */
const isCounted = (text: string, { files }: Source): boolean =>
  files !== undefined && /files cannot be used/.test(text);

/** Any other fault than that no file can be used is thrown on. */
function nothingUsable(error: unknown): Omit<DataReport, "source" | "options"> {
  if (!(error instanceof GanymedeError) || error.code !== "DATA_EMPTY") throw error;
  const { count, refused = [] } = (error.cause ?? {}) as { count?: number; refused?: Refusal[] };
  const { where, got } = error.fault;
  return {
    items: 0,
    fields: {},
    ...(count !== undefined && { files: count }),
    refused,
    facts: {},
    values: {},
    duplicates: { same: [], near: [] },
    warnings: [`nothing in ${where} can be used: ${got}`],
  };
}

function inspect(source: Source, { onProgress }: Opening): Inspection {
  const inspection = new Inspection(source.fields);
  const isBounded = Number.isFinite(source.size);
  const count = isBounded ? source.size : endlessSample;
  for (let from = 0; from < count; ) {
    const some = Math.min(inspection.piece, count - from);
    inspection.add(source.inOrder?.(from, some) ?? source.batch(from, some, 0), some);
    from += some;
    onProgress?.("items looked at", from, count);
  }
  return inspection;
}

const sortedFacts = (facts: Readonly<Record<string, ReadonlyMap<string, number>>>) =>
  Object.fromEntries(
    Object.entries(facts).map(([name, values]) => [
      name,
      [...values].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)),
    ]),
  );

/** Fewer items are soon known by heart. */
const few = 1000;
/** Classes of such different sizes are learnt unequally. */
const unequal = 10;

function warningsOf(
  { items, classes, duplicates, values }: Omit<DataReport, "source" | "options" | "warnings">,
  facts: DataReport["facts"],
): string[] {
  const warnings: string[] = [];
  if (items !== undefined && items < few) {
    warnings.push(`${items} items are few: the discriminator soon knows them by heart`);
  }
  const counts = Object.values(classes ?? {});
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (counts.length > 0 && most > unequal * least) {
    warnings.push(`classes are unequal: the largest has ${most} items, the smallest ${least}`);
  }
  const copies = duplicates.same.reduce((sum, group) => sum + group.length - 1, 0);
  if (copies > 0)
    warnings.push(`${copies} items are copies of others: they count more than the rest`);
  if (duplicates.near.length > 0) {
    warnings.push(`${duplicates.near.length} groups of items are nearly the same`);
  }
  for (const [size, count] of facts.enlarged ?? []) {
    warnings.push(`${count} pictures are ${size} and were enlarged, which blurs them`);
  }
  for (const [name, { low, high }] of Object.entries(values)) {
    if (low === high) warnings.push(`${name} is ${low} everywhere`);
  }
  return warnings;
}

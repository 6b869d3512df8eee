import { type Cell, requireNames, requireSize, type Table } from "./read.ts";

/** Throws an `Error`, or never ends, when the file is damaged: see `readApart`. */
export async function readParquet(path: string, size: number): Promise<Table> {
  const [{ asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects }, { compressors }] =
    await Promise.all([import("hyparquet"), import("hyparquet-compressors")]);
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const rows = Number(metadata.num_rows);
  const names = metadata.schema.filter((e) => !e.num_children).map((e) => e.name);
  requireNames(names);
  requireSize(rows, names.length);
  // Nothing packs better than this; what says so is made to fill memories.
  if (rows > 1e5 * size) throw new Error(`${rows} rows in ${size} bytes`);
  const records = await parquetReadObjects({ file, metadata, compressors });
  if (records.length !== rows) throw new Error(`${records.length} of ${rows} rows`);
  const columns = names.map((name) => records.map((record) => cellOf(record[name])));
  return { names, columns, ragged: 0 };
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return Number.isNaN(value) ? null : value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Date) return value.getTime();
  return typeof value === "string" ? value : JSON.stringify(value);
}

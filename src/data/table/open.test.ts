import { readFileSync } from "node:fs";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { requireSource } from "../../../test/contracts/source.ts";
import { dataFolder } from "../../../test/data-folder.ts";
import type { TableColumn } from "../source.ts";
import { table } from "../sources/table.ts";
import { decodeRows } from "./columns.ts";

const { write } = dataFolder();

const people = `id,age,city,income,kind,same
a1,30,Ulm,10.5,yes,1
b2,40,Bonn,,no,1
c3,50,Ulm,20.25,yes,1
d4,40,,12,no,1
`;

test("numbers standardised, categories as 1 among zeros, gaps marked, useless columns told", async () => {
  const said: string[] = [];
  const source = await table.open(
    { path: write("people.csv", people), label: "kind", most: 3 },
    { onWarning: (text) => said.push(text) },
  );
  requireSource(source);
  expect(said).toEqual([
    "column id is left out: 4 different values in 4 rows: an identifier, or free text",
    "column same is left out: it is always 1",
  ]);
  const { point, label } = source.fields;
  expect(label!.classes).toEqual(["no", "yes"]);
  expect(point!.shape).toEqual([6]);
  expect(point!.columns!.map(({ name, at }) => [name, at])).toEqual([
    ["age", 0],
    ["city", 1],
    ["income", 4],
  ]);
  const rows = source.batch(0, 4, 0).point as Float32Array;
  const ages = [0, 6, 12, 18].map((i) => rows[i]!);
  expect(ages.reduce((a, b) => a + b)).toBeCloseTo(0, 6);
  expect(ages.reduce((a, b) => a + b * b) / 4).toBeCloseTo(1, 6);
  const decoded = decodeRows(point!.columns!, rows, 6);
  expect(decoded.sort((a, b) => Number(a[2]) - Number(b[2]))).toEqual([
    [40, "Bonn", null],
    [30, "Ulm", 10.5],
    [40, null, 12],
    [50, "Ulm", 20.25],
  ]);
});

test("what a generator makes is rounded and bounded as in the data", () => {
  const columns: TableColumn[] = [
    { kind: "number", name: "n", at: 0, mean: 10, deviation: 2, digits: 1, low: 5, high: 12 },
    { kind: "category", name: "c", at: 1, values: ["x", "y"] },
  ];
  const rows = Float32Array.of(0.123, 0.2, 0.7, 9, 0.4, 0.1);
  expect(decodeRows(columns, rows, 3)).toEqual([
    [10.2, "y"],
    [12, "x"],
  ]);
});

test("Parquet gives what the CSV does", async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "age", data: [30, 40, 50], type: "INT32" },
      { name: "income", data: [1.5, null, 2.5], type: "DOUBLE" },
      { name: "city", data: ["Ulm", "Bonn", "Ulm"], type: "STRING" },
      { name: "big", data: [1n, 2n, 5n], type: "INT64" },
    ],
  });
  const path = write("a.parquet", new Uint8Array(bytes));
  const csv = write("a.csv", "age,income,city,big\n30,1.5,Ulm,1\n40,,Bonn,2\n50,2.5,Ulm,5\n");
  const [a, b] = [await table.open({ path }), await table.open({ path: csv })];
  expect(a.fields).toEqual(b.fields);
  expect(a.batch(0, 3, 1)).toEqual(b.batch(0, 3, 1));
});

describe("wrong files are coded errors", () => {
  test.each([
    ["empty.csv", "", "DATA_FORMAT"],
    ["head.csv", "a,b\n", "DATA_EMPTY"],
    ["twice.csv", "a,a\n1,2\n", /DATA_FORMAT.*two columns named/],
    ["same.csv", "a\n1\n1\n", /DATA_EMPTY/],
    ["no.parquet", "PAR1 not really", "DATA_FORMAT"],
  ])("%s", async (name, text, message) => {
    await expect(table.open({ path: write(name, text) })).rejects.toThrow(message);
  });

  test("a Parquet file cut anywhere", async () => {
    const columnData = [{ name: "a", data: Array.from({ length: 500 }, (_, i) => i % 7) }];
    const path = write("whole.parquet", new Uint8Array(parquetWriteBuffer({ columnData })));
    const whole = readFileSync(path);
    for (let end = 0; end < whole.length; end += 37) {
      const cut = write("cut.parquet", whole.subarray(0, end));
      await expect(table.open({ path: cut })).rejects.toThrow("DATA_");
    }
  });

  test("a column that is not there is named with the nearest", async () => {
    const path = write("near.csv", people);
    await expect(table.open({ path, label: "knd" })).rejects.toThrow(/OPTION.*did you mean kind/);
  });
});

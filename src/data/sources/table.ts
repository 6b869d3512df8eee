import { z } from "zod";
import { defineSource } from "../source.ts";
import { openTable } from "../table/open.ts";

export const table = defineSource({
  id: "table",
  description: "rows of a CSV or Parquet file: numbers standardised, categories as classes",
  options: {
    path: z.string().describe("the file"),
    label: z.string().optional().describe("column that is the class of a row, not part of it"),
    categories: z
      .string()
      .optional()
      .describe("columns of numbers that are categories, with commas between"),
    ignore: z.string().optional().describe("columns to leave out, with commas between"),
    most: z
      .int()
      .min(2)
      .max(1000)
      .default(50)
      .describe("values of a category; with more it is left out"),
  },
  claim: ({ path, isFolder }) =>
    !isFolder && /\.(csv|tsv|parquet)$/i.test(path) ? { path } : undefined,
  open: openTable,
});

import { z } from "zod";
import { kebab } from "./flags.ts";

/** One option as a reader needs it. */
export interface OptionRow {
  readonly name: string;
  readonly flag: string;
  /** `whole number`, `number`, `a or b`, … */
  readonly takes: string;
  readonly initial: unknown;
  readonly about: string;
}

export const optionRows = (shape: z.ZodRawShape, prefix = ""): OptionRow[] =>
  Object.entries(shape).map(([name, schema]) => ({
    name,
    flag: `--${prefix}${kebab(name)}`,
    takes: takes(schema as z.ZodType),
    initial: (schema as z.ZodType).safeParse(undefined).data,
    about: (schema as z.ZodType).description ?? "",
  }));

/** Read from the JSON schema, so that no type of schema is named here. */
function takes(schema: z.ZodType): string {
  const {
    type,
    enum: values,
    items,
  } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  if (values) return values.join(" or ");
  if (typeof items === "object" && "enum" in items) return `some of ${items.enum!.join(",")}`;
  return { integer: "whole number", string: "text" }[String(type)] ?? String(type);
}

/** Rows for `table`. */
export const optionCells = (rows: readonly OptionRow[]): string[][] =>
  rows.map(({ flag, initial, takes: kind, about }) => [
    flag,
    Array.isArray(initial) && initial.length === 0 ? "[]" : String(initial ?? ""),
    `${about} (${kind})`,
  ]);

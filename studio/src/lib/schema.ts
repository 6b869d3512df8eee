import type { JsonSchema } from "../../../src/app/config-schema.ts";

/** One option of a form. Dots lead into groups: `checkpoints.last`. */
export interface FormField {
  readonly name: string;
  readonly kind: "number" | "switch" | "choice" | "text" | "json";
  readonly about: string;
  /** As text; undefined where there is none. */
  readonly usual: string | undefined;
  readonly choices: readonly string[];
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly isWhole: boolean;
}

/** The options of a schema (draft 7, of an object) as fields of a form. */
export function fieldsOf(schema: JsonSchema, prefix = ""): FormField[] {
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  return Object.entries(properties).flatMap(([key, below]) => {
    const name = prefix + key;
    return below.type === "object" && below.properties
      ? fieldsOf(below, `${name}.`)
      : [fieldOf(name, below)];
  });
}

/** Whole numbers of JSON Schema have the safe ones as bounds, which say nothing to a reader. */
const bound = (value: unknown): number | undefined =>
  typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;

function fieldOf(name: string, schema: JsonSchema): FormField {
  const { type, description, default: usual } = schema;
  const choices = Array.isArray(schema.enum) ? schema.enum.map(String) : [];
  const isNumber = type === "number" || type === "integer";
  const plain = { number: isNumber, switch: type === "boolean", text: type === "string" };
  const kind = (["number", "switch", "text"] as const).find((k) => plain[k]) ?? "json";
  return {
    name,
    kind: choices.length > 0 ? "choice" : kind,
    about: typeof description === "string" ? description : "",
    usual: usual === undefined ? undefined : textOf(usual),
    choices,
    min: bound(schema.minimum ?? schema.exclusiveMinimum),
    max: bound(schema.maximum ?? schema.exclusiveMaximum),
    isWhole: type === "integer",
  };
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** What is healthy, for a reader: `from 1, usually 64`. */
export function rangeText({ min, max, usual }: FormField): string {
  const range =
    min === undefined
      ? max === undefined
        ? ""
        : `up to ${max}`
      : max === undefined
        ? `from ${min}`
        : `${min} to ${max}`;
  return [range, usual === undefined ? "" : `usually ${usual}`].filter(Boolean).join(", ");
}

/** The value that a text stands for: what is no JSON stays a text, which the server judges. */
export function valueOfText({ kind }: FormField, text: string): unknown {
  if (kind === "text") return text;
  if (kind === "number")
    return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Values by dotted name as nested groups. */
export function nested(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const path = name.split(".");
    let group = all;
    for (const part of path.slice(0, -1)) {
      group[part] ??= {};
      group = group[part] as Record<string, unknown>;
    }
    group[path.at(-1)!] = value;
  }
  return all;
}

import { z } from "zod";
import { GanymedeError, nearest } from "./errors.ts";

/** What a user may pass for a shape of zod schemas: those with a default may be left out. */
export type OptionInput<S extends z.ZodRawShape> = z.input<z.ZodObject<S>>;
/** What the part gets: defaults filled in. */
export type OptionValues<S extends z.ZodRawShape> = z.output<z.ZodObject<S>>;

/**
 * Checks options and fills in defaults.
 *
 * @param where the part that the options are for, e.g. `data mnist`
 * @throws GanymedeError UNKNOWN_OPTION for a name the part does not have, OPTION for a wrong value
 */
export function parseOptions<S extends z.ZodRawShape>(
  where: string,
  shape: S,
  raw: unknown = {},
): OptionValues<S> {
  const whereOf = (path: ValuePath) => (path.length === 0 ? where : `${where} ${path.join(".")}`);
  return parseWith<unknown>(z.strictObject(shape), raw, whereOf) as OptionValues<S>;
}

/** A place in nested values: names and indices, from the top. */
export type ValuePath = readonly PropertyKey[];

/**
 * Checks a value against a schema and fills in defaults.
 *
 * @param whereOf how a reader finds the place of a value, or of a name in it that is unknown: an
 *   option, a line of a file
 * @throws GanymedeError UNKNOWN_OPTION for the first name that is none, with the nearest that is;
 *   OPTION for the first wrong value
 */
export function parseWith<T>(
  schema: z.ZodType<T>,
  raw: unknown,
  whereOf: (path: ValuePath, unknown?: string) => string,
): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  // A missing name and an unknown one are mostly one mistake: the unknown one has a remedy.
  const issues = result.error.issues.flatMap(leaves);
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0]!;
  const at = schemaAt(schema, issue.path);
  if (issue.code === "unrecognized_keys") {
    const name = issue.keys[0]!;
    throw unknownOption(whereOf(issue.path, name), namesIn(at), name);
  }
  throw new GanymedeError("OPTION", {
    where: whereOf(issue.path),
    expected:
      issue.code === "invalid_union"
        ? (aboutOf(at) ?? "one of its forms")
        : issue.message.replace(/^.*: expected (.*?)(, received .*)?$/, "$1"),
    got: show(issue.path.reduce(member, raw)),
    fix: advice(at),
  });
}

/** A fault in one of several forms as that of the form that is meant: the one that came closest. */
function leaves(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const isOther = ({ path, code }: z.core.$ZodIssue) =>
    path.length === 0 && code !== "unrecognized_keys";
  const meant = issue.errors.find((form) => !form.some(isOther));
  return (meant ?? []).length === 0
    ? [issue]
    : meant!.flatMap((i) => leaves({ ...i, path: [...issue.path, ...i.path] }));
}

function unknownOption(where: string, names: readonly string[], name: string): GanymedeError {
  const close = nearest(name, names);
  return new GanymedeError("UNKNOWN_OPTION", {
    where,
    expected: names.length > 0 ? `one of ${names.join(", ")}` : "no options",
    got: name,
    fix: close === undefined ? "remove it" : `did you mean ${close}?`,
  });
}

/** The schema of a value inside the one that `schema` is for. */
function schemaAt(schema: z.core.$ZodType, path: ValuePath): z.core.$ZodType | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  const { def } = schema._zod as { def: { innerType?: z.core.$ZodType } };
  if (def.innerType) return schemaAt(def.innerType, path);
  if (schema instanceof z.ZodUnion) {
    const found = schema.options.map((option) => schemaAt(option as z.core.$ZodType, path));
    return found.find((option) => option !== undefined);
  }
  const below =
    schema instanceof z.ZodObject
      ? schema.shape[key as string]
      : schema instanceof z.ZodRecord
        ? schema.valueType
        : schema instanceof z.ZodArray
          ? schema.element
          : undefined;
  return below && schemaAt(below as z.core.$ZodType, rest);
}

/** The names that an object takes, whatever it is wrapped in. */
function namesIn(schema: z.core.$ZodType | undefined): string[] {
  const inner = (schema?._zod.def as { innerType?: z.core.$ZodType } | undefined)?.innerType;
  if (inner) return namesIn(inner);
  if (schema instanceof z.ZodUnion) {
    return schema.options.flatMap((option) => namesIn(option as z.core.$ZodType));
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

const member = (value: unknown, key: PropertyKey): unknown =>
  (value as Record<PropertyKey, unknown> | undefined)?.[key];

/** As JSON, but numbers that JSON has no word for by their name. */
const show = (value: unknown): string =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");

/** Descriptions read as noun phrases: "images per step". */
const advice = (schema: z.core.$ZodType | undefined): string => {
  const about = aboutOf(schema);
  return about === undefined ? "correct the value" : `give ${about}`;
};

/** The description of a schema, or of what it wraps. */
function aboutOf(schema: z.core.$ZodType | undefined): string | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType };
  return schema.description ?? aboutOf(innerType);
}

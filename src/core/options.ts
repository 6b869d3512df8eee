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
  const result = z.strictObject(shape).safeParse(raw);
  if (result.success) {
    return result.data as OptionValues<S>;
  }
  const issue = result.error.issues[0]!;
  if (issue.code === "unrecognized_keys") {
    throw unknownOption(where, shape, issue.keys[0]!);
  }
  const name = issue.path.join(".");
  throw new GanymedeError("OPTION", {
    where: name === "" ? where : `${where} ${name}`,
    expected: issue.message.replace(/^.*: expected (.*?)(, received .*)?$/, "$1"),
    got: show(issue.path.reduce(member, raw)),
    fix: advice(shape[String(issue.path[0])]),
  });
}

function unknownOption(where: string, shape: z.ZodRawShape, name: string): GanymedeError {
  const names = Object.keys(shape);
  const close = nearest(name, names);
  return new GanymedeError("UNKNOWN_OPTION", {
    where,
    expected: names.length > 0 ? `one of ${names.join(", ")}` : "no options",
    got: name,
    fix: close === undefined ? "remove it" : `did you mean ${close}?`,
  });
}

const member = (value: unknown, key: PropertyKey): unknown =>
  (value as Record<PropertyKey, unknown> | undefined)?.[key];

/** As JSON, but numbers that JSON has no word for by their name. */
const show = (value: unknown): string =>
  typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");

/** Descriptions read as noun phrases: "images per step". */
const advice = (schema: unknown): string => {
  const about = schema instanceof z.ZodType ? schema.description : undefined;
  return about === undefined ? "correct the value" : `give ${about}`;
};

import { readFileSync, statSync } from "node:fs";
import type { Document, LineCounter } from "yaml";
import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import { parseWith, type ValuePath } from "../core/options.ts";
import type { SourceDefinition } from "../data/source.ts";
import type { System } from "../gan/system.ts";
import { askedOf } from "./asked.ts";
import { type Asked, loadData, loadSystem, presetOf, type RunConfig } from "./config.ts";
import { settingShape } from "./run-config.ts";

/** What a file may ask for: all of `Asked`; the command line may name the system. */
export type FileConfig = Partial<Asked>;

/** A resolved configuration as a file of it would say it, for `readConfigFile`. */
export function fileOf(config: RunConfig): Record<string, unknown> {
  const { system, data: name, options, dataOptions, ...settings } = askedOf(config);
  return { system, data: { source: name, options: dataOptions }, options, ...settings };
}

/** No configuration comes near; the parser's time grows with the square of what is wrong. */
const largestBytes = 32 * 1024;
/** Brackets in brackets, or lists in lists, beyond which the parser's recursion is not trusted. */
const deepest = 32;
/** Values that YAML aliases may stand for in all: a file can be written that means gigabytes. */
const mostAliases = 100;

/**
 * Reads a configuration from YAML or JSON, which is YAML. Each name is checked, those of the system's
 * and the data's options too, and faults name the line. Throws `CONFIG_MISSING`, `CONFIG_SIZE`,
 * `CONFIG_SYNTAX`, `UNKNOWN_*` or `OPTION`.
 *
 * @param systemId the system, where the file names none
 */
export async function readConfigFile(path: string, systemId?: string): Promise<FileConfig> {
  const { raw, whereOf } = await parse(path, readText(path));
  const { system, preset, data, options, ...settings } = parseWith(fileSchema(), raw, whereOf);
  const id = system ?? systemId;
  const checked = { ...settings, ...(system !== undefined && { system }) };
  if (id === undefined) return { ...checked, preset, options, ...dataOf(data) };
  const definition = await located(whereOf, ["system"], () => loadSystem(id));
  const chosen = await located(whereOf, ["preset"], async () => presetOf(definition, preset));
  const named = dataOf(data).data;
  const usual = chosen?.data?.source ?? definition.data;
  const source = await located(whereOf, ["data"], () => loadData(named ?? usual));
  parseWith(fileSchema(definition, source.definition), raw, whereOf);
  return { ...checked, preset, options, ...dataOf(data) };
}

type DataPart = string | { source?: string | undefined; options?: Record<string, unknown> };

/** The form of a file; with the options of a system and a source once they are known. */
function fileSchema(system?: System, source?: SourceDefinition) {
  const optionsOf = (shape: z.ZodRawShape | undefined): z.ZodType<Record<string, unknown>> =>
    shape ? z.strictObject(shape) : z.record(z.string(), z.unknown());
  const name = z.string();
  const parts = {
    source: name.exactOptional(),
    options: optionsOf(source?.options).exactOptional(),
  };
  const data: z.ZodType<DataPart> = z.union([name, z.strictObject(parts)]);
  return z.strictObject({
    system: name.describe("the id of a system").exactOptional(),
    preset: name.describe("a preset of the system").exactOptional(),
    data: data.describe("a data source, or its name and options").exactOptional(),
    options: optionsOf(system?.options).exactOptional(),
    ...settingShape,
  });
}

const dataOf = (data: DataPart | undefined): Pick<Asked, "data" | "dataOptions"> =>
  typeof data === "object" ? { data: data.source, dataOptions: data.options } : { data };

type WhereOf = (path: ValuePath, unknown?: string) => string;

/** Puts the place in the file into an error about a name that stands there. */
async function located<T>(whereOf: WhereOf, path: ValuePath, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!(error instanceof GanymedeError)) throw error;
    throw new GanymedeError(error.code, { ...error.fault, where: whereOf(path) });
  }
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > largestBytes) throw tooLarge(path, size);
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof GanymedeError) throw cause;
    throw new GanymedeError("CONFIG_MISSING", {
      where: path,
      expected: "a YAML or JSON file",
      got: (cause as NodeJS.ErrnoException).code ?? String(cause),
      fix: "correct the path",
    });
  }
}

const tooLarge = (path: string, size: number): GanymedeError =>
  new GanymedeError("CONFIG_SIZE", {
    where: path,
    expected: `at most ${largestBytes} bytes`,
    got: `${size} bytes`,
    fix: "name a configuration: is this another file?",
  });

async function parse(path: string, text: string): Promise<{ raw: unknown; whereOf: WhereOf }> {
  requireShallow(path, text);
  const { LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = attempt(path, () =>
    parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      resolveKnownTags: false,
      logLevel: "error",
    }),
  );
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw syntax(`${path}:${line}:${col}`, error.message);
  }
  const raw = attempt(path, () => document.toJS({ maxAliasCount: mostAliases }) as unknown);
  return { raw, whereOf: (place, unknown) => whereIn(path, document, lines, place, unknown) };
}

/** The parser throws what is not a fault of the syntax: too many aliases, unknown anchors. */
function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw syntax(path, cause instanceof Error ? cause.message : String(cause));
  }
}

function requireShallow(path: string, text: string): void {
  let depth = 0;
  for (const c of text) {
    if (c === "[" || c === "{") depth++;
    else if (c === "]" || c === "}") depth--;
    if (depth > deepest) throw syntax(path, `more than ${deepest} brackets in one another`);
  }
  // Lists, keys and values of one line stand in one another too, and so does what is indented.
  if (/^[ \t]*(?:[-?:][ \t]+){32}/m.test(text) || /^[ \t]{200}/m.test(text)) {
    throw syntax(path, `more than ${deepest} values in one another`);
  }
}

const syntax = (where: string, got: string): GanymedeError =>
  new GanymedeError("CONFIG_SYNTAX", {
    where,
    expected: "YAML or JSON",
    got,
    fix: "correct the file: an editor that knows YAML shows where",
  });

/** `file.yaml:3 measure.samples`: the line of a value, or of the unknown name in it. */
function whereIn(
  path: string,
  document: Document,
  lines: LineCounter,
  place: ValuePath,
  unknown?: string,
): string {
  const full = unknown === undefined ? place : [...place, unknown];
  const name = full.length === 0 ? "" : ` ${full.join(".")}`;
  // Where nothing stands at a place, what should have held it.
  for (let depth = full.length; depth >= 0; depth--) {
    const start = startOf(document, full.slice(0, depth));
    if (start !== undefined) return `${path}:${lines.linePos(start).line}${name}`;
  }
  return path;
}

/** Where a name stands, or an item of a list; offset in the text. */
function startOf(document: Document, place: ValuePath): number | undefined {
  const [parent, last] = [place.slice(0, -1), place.at(-1)];
  const around = (parent.length === 0 ? document.contents : document.getIn(parent, true)) as Node;
  const key = around?.items?.find(
    (pair) => pair.key && String(pair.key.value) === String(last),
  )?.key;
  const value = place.length === 0 ? document.contents : document.getIn(place, true);
  return (key ?? (value as Node))?.range?.[0];
}

/** As much as is needed of the parser's nodes. */
type Node =
  | {
      readonly range?: readonly [number, number, number] | null;
      readonly items?: readonly {
        readonly key?: { readonly value?: unknown; readonly range?: readonly number[] | null };
      }[];
    }
  | null
  | undefined;

import { z } from "zod";
import type { System } from "../gan/system.ts";
import { loadSource, loadSystem, sourceIds, systemIds } from "./config.ts";
import { settingShape } from "./run-config.ts";

/** A JSON Schema (draft 7), as far as this file builds it. */
export type JsonSchema = { readonly [name: string]: unknown };

/**
 * The JSON Schema (draft 7) of configuration files, for editors: of all systems, or of one. Names,
 * types, ranges, defaults and descriptions are those that files are checked against. Throws
 * `UNKNOWN_SYSTEM`.
 */
export async function configJsonSchema(systemId?: string): Promise<JsonSchema> {
  const systems = await Promise.all((systemId ? [systemId] : systemIds()).map(loadSystem));
  const sources = await Promise.all(sourceIds().map(loadSource));
  const { properties } = schemaOf(z.strictObject(settingShape)) as { properties: JsonSchema };
  const names = { type: "string", enum: systems.map(({ id }) => id) };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `A training of Ganymede${systemId ? `: ${systemId}` : ""}`,
    type: "object",
    additionalProperties: false,
    properties: {
      system: { ...names, description: "the system to train; may be left to the command line" },
      preset: { type: "string", description: "a named set of options of the system" },
      data: { anyOf: [dataName(sources), dataRecord(sources)], description: "what to learn" },
      options: { type: "object", description: "options of the system" },
      ...properties,
    },
    // What a system or a source takes, once it is named.
    allOf: [
      ...systems.map((system) => ifSystem(system, systems.length === 1)),
      ...ifSources(sources),
    ],
  };
}

type Sources = readonly Awaited<ReturnType<typeof loadSource>>[];

/** Any text may be a path; the names that come with Ganymede are offered. */
const dataName = (sources: Sources): JsonSchema => ({
  type: "string",
  examples: sources.map(({ id }) => id),
});

const dataRecord = (sources: Sources): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  properties: { source: dataName(sources), options: { type: "object" } },
});

/** Without a system in the file, the only one that there is may be meant. */
function ifSystem({ id, about, options, presets = {} }: System, isOnly: boolean): JsonSchema {
  const preset = { enum: Object.keys(presets) };
  const then = {
    properties: { options: { ...schemaOf(z.strictObject(options)), description: about }, preset },
  };
  if (isOnly) return then;
  return { if: named("system", id), then };
}

const ifSources = (sources: Sources): JsonSchema[] =>
  sources.map(({ id, description, options }) => ({
    if: { properties: { data: { type: "object", ...named("source", id) } }, required: ["data"] },
    // biome-ignore lint/suspicious/noThenProperty: JSON JsonSchema's own word.
    then: {
      properties: {
        data: { properties: { options: { ...schemaOf(z.strictObject(options)), description } } },
      },
    },
  }));

const named = (property: string, value: string): JsonSchema => ({
  properties: { [property]: { const: value } },
  required: [property],
});

/** As a file may have it: what has a default may be left out. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
  });
  return rest;
}

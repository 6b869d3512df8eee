import { Hono } from "hono";
import { z } from "zod";
import { loadSource, loadSystem, sourceIds, systemIds } from "../../app/config.ts";
import { type JsonSchema, schemaOf } from "../../app/config-schema.ts";
import { settingShape } from "../../app/run-config.ts";
import type { Route } from "../route.ts";

export interface PresetAbout {
  readonly id: string;
  readonly about: string;
  readonly steps: number;
  readonly minutes?: number;
  /** The source that it was made for; the system's own when absent. */
  readonly data?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface SystemAbout {
  readonly id: string;
  readonly about: string;
  /** The source of a run that names none. */
  readonly data: string;
  readonly presets: readonly PresetAbout[];
}

export interface SourceAbout {
  readonly id: string;
  readonly about: string;
}

/** All that a run can be started with, by name. */
export interface SystemsAnswer {
  readonly systems: readonly SystemAbout[];
  readonly sources: readonly SourceAbout[];
}

/** Schemas (draft 7) of options: names, types, ranges, defaults, and units in their descriptions. */
export interface FormAnswer {
  readonly options: JsonSchema;
  readonly dataOptions: JsonSchema;
  readonly settings: JsonSchema;
}

/** What runs can be started with, and the schemas of options for a form. */
export const systems: Route = {
  path: "systems",
  mount() {
    let all: Promise<SystemsAnswer> | undefined;
    return new Hono()
      .get("/", async (context) => {
        all ??= list();
        return context.json(await all);
      })
      .get("/:system/:source", async (context) => {
        const system = await loadSystem(context.req.param("system"));
        const source = await loadSource(context.req.param("source"));
        return context.json({
          options: schemaOf(z.strictObject(system.options)),
          dataOptions: schemaOf(z.strictObject(source.options)),
          settings: schemaOf(z.strictObject(settingShape)),
        } satisfies FormAnswer);
      });
  },
};

async function list(): Promise<SystemsAnswer> {
  const found: SystemAbout[] = [];
  for (const name of systemIds()) {
    const { id, about, data, presets = {} } = await loadSystem(name);
    const list = Object.entries(presets).map(([preset, p]) => ({
      id: preset,
      about: p.about,
      steps: p.steps,
      ...(p.minutes !== undefined && { minutes: p.minutes }),
      ...(p.data && { data: p.data.source }),
      options: p.options,
    }));
    found.push({ id, about, data, presets: list });
  }
  const sources = await Promise.all(sourceIds().map(loadSource));
  return {
    systems: found,
    sources: sources.map(({ id, description }) => ({ id, about: description })),
  };
}

import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { requireSource } from "../../test/contracts/source.ts";
import { GanymedeError } from "../core/errors.ts";
import type { Source, SourceDefinition } from "./source.ts";

/** Every declaration of sources/: adding one adds its tests. */
const ids = readdirSync(new URL("./sources", import.meta.url))
  .filter((name) => /^[a-z0-9-]+\.ts$/.test(name) && name !== "index.ts")
  .map((name) => name.replace(".ts", ""));
test("there are sources", () => {
  expect(ids).toContain("mnist");
});

describe.each(ids)("%s", async (id) => {
  const module = (await import(`./sources/${id}.ts`)) as Record<string, SourceDefinition>;
  const name = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const definition = module[name]!;

  /** Undefined where its data are not at hand. Those that read a path have tests of their own. */
  async function open(): Promise<Source | undefined> {
    if ("path" in definition.options) return undefined;
    try {
      return await definition.open();
    } catch (error) {
      if (error instanceof GanymedeError && error.code === "DATA_MISSING") {
        return undefined;
      }
      throw error;
    }
  }
  const source = definition && (await open());

  test("exports one declaration, named like the file in camel case", () => {
    expect(Object.keys(module)).toEqual([name]);
    expect(definition.id).toBe(id);
    expect(definition.description.length).toBeGreaterThan(20);
  });

  test("every option is described and has a JSON schema", () => {
    for (const schema of Object.values(definition.options)) {
      expect((schema as z.ZodType).description).toBeTruthy();
    }
    expect(z.toJSONSchema(z.object(definition.options)).type).toBe("object");
  });

  test("an option it does not have is refused by name", () => {
    const path = "path" in definition.options && { path: "." };
    expect(() => definition.open({ nonsense: 1, ...path })).toThrow(`[data ${id}] UNKNOWN_OPTION`);
  });

  test.skipIf(!source)("keeps the contract of sources", () => {
    expect(source!.id).toBe(id);
    requireSource(source!);
  });
});

import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import type { ItemArray, Source, SourceDefinition } from "./source.ts";

/** Every declaration of sources/: adding one adds its tests. */
const ids = readdirSync(new URL("./sources", import.meta.url))
  .filter((name) => /^[a-z0-9-]+\.ts$/.test(name) && name !== "index.ts")
  .map((name) => name.replace(".ts", ""));
const arrays = { u8: Uint8Array, f32: Float32Array, i32: Int32Array };

const bytesOf = ({ buffer, byteOffset, byteLength }: ItemArray) =>
  Buffer.from(buffer, byteOffset, byteLength);

test("there are sources", () => {
  expect(ids).toContain("mnist");
});

describe.each(ids)("%s", async (id) => {
  const module = (await import(`./sources/${id}.ts`)) as Record<string, SourceDefinition>;
  const name = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  const definition = module[name]!;

  /** Undefined where its data are not at hand. */
  function open(): Source | undefined {
    try {
      return definition.open();
    } catch (error) {
      if (error instanceof GanymedeError && error.code === "DATA_MISSING") {
        return undefined;
      }
      throw error;
    }
  }
  const source = definition && open();

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
    expect(() => definition.open({ nonsense: 1 })).toThrow(`[data ${id}] UNKNOWN_OPTION`);
  });

  test.skipIf(!source)("batches are as the fields say", () => {
    const { fields, batch, about, size } = source!;
    expect(source!.id).toBe(id);
    expect(size).toBeGreaterThan(0);
    expect(Object.values(about).every((text) => text.length > 0)).toBe(true);
    const values = batch(3, 5, 1);
    expect(Object.keys(values).sort()).toEqual(Object.keys(fields).sort());
    for (const [key, { shape, dtype, classes }] of Object.entries(fields)) {
      expect(values[key]).toBeInstanceOf(arrays[dtype]);
      expect(values[key]!.length).toBe(shape.reduce((a, b) => a * b, 5));
      if (classes) {
        expect(Math.max(...values[key]!)).toBeLessThan(classes.length);
      }
    }
    expect(Object.values(batch(0, 0, 1)).every((array) => array.length === 0)).toBe(true);
  });

  test.skipIf(!source)(
    "batches of any size cut the same stream, over the end of an epoch too",
    () => {
      const end = Number.isFinite(source!.size) ? source!.size : 1000;
      const whole = source!.batch(end - 300, 600, 9);
      const parts = [source!.batch(end - 300, 7, 9), source!.batch(end - 293, 593, 9)];
      for (const key of Object.keys(whole)) {
        const joined = Buffer.concat(parts.map((part) => bytesOf(part[key]!)));
        expect(joined.equals(bytesOf(whole[key]!)), key).toBe(true);
      }
    },
  );
});

import { describe, expect, test } from "vitest";
import { z } from "zod";
import { camel, kebab, positiveNumber, readFlags, readText, wholeNumber } from "./flags.ts";

describe("flags", () => {
  test("are read with = or a space, bare ones as true, names in camelCase", () => {
    const tokens = ["--generator-rate", "-1e-4", "--data.side=32", "--fast", "--name=a=b"];
    expect(readFlags(tokens)).toEqual([
      ["generatorRate", "-1e-4"],
      ["data.side", "32"],
      ["fast", "true"],
      ["name", "a=b"],
    ]);
    expect(() => readFlags(["stray"])).toThrow(/UNEXPECTED_ARGUMENT/);
  });

  test("become what their option takes, or stay as they are for its error message", () => {
    expect(readText(z.int().default(3), "32")).toBe(32);
    expect(readText(z.number(), "1e-4")).toBe(1e-4);
    expect(readText(z.string().optional(), "32")).toBe("32");
    expect(readText(z.boolean(), "false")).toBe(false);
    expect(readText(z.literal([16, 28]), "16")).toBe(16);
    expect(readText(z.enum(["a", "b"]), "b")).toBe("b");
    expect(readText(z.int(), "wide")).toBe("wide");
    expect(readText(z.int(), "1.5")).toBe(1.5);
  });

  test("of lists are words between commas", () => {
    const words = z.array(z.enum(["a", "b"])).default([]);
    expect(readText(words, "a,b")).toEqual(["a", "b"]);
    expect(readText(words, '["b", "a"]')).toEqual(["b", "a"]);
    expect(readText(words, "a")).toEqual(["a"]);
    for (const none of ["", "[]"]) expect(readText(words, none)).toEqual([]);
    expect(readText(words, "a,c")).toEqual(["a", "c"]);
  });

  test("keep their names both ways", () => {
    for (const name of ["beta1", "averageHalfLife", "data.side"]) {
      expect(camel(kebab(name))).toBe(name);
    }
  });

  test("of numbers are checked", () => {
    expect(wholeNumber("--n", undefined, 1)).toBeUndefined();
    expect(wholeNumber("--n", "12", 1)).toBe(12);
    for (const bad of ["0", "1.5", "", "x", true]) {
      expect(() => wholeNumber("--n", bad, 1)).toThrow(bad === true ? /got true/ : /OPTION/);
    }
    expect(positiveNumber("--scale", "0.5")).toBe(0.5);
    for (const bad of ["0", "-1", "x"])
      expect(() => positiveNumber("--scale", bad)).toThrow(/OPTION/);
  });
});

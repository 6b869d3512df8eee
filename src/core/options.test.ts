import { describe, expect, test } from "vitest";
import { z } from "zod";
import { GanymedeError } from "./errors.ts";
import { parseOptions, parseWith, type ValuePath } from "./options.ts";

const shape = {
  split: z.enum(["train", "test"]).default("train").describe("which part of the data"),
  size: z.literal([16, 28]).default(28),
  scale: z.number().positive().default(1),
  folder: z.string().optional(),
};

test("fills in defaults and keeps what was given", () => {
  expect(parseOptions("data x", shape)).toEqual({ split: "train", size: 28, scale: 1 });
  const given = { split: "test", size: 16, folder: "/a" };
  expect(parseOptions("data x", shape, given)).toEqual({ ...given, scale: 1 });
});

test.each<[unknown, string, RegExp]>([
  [
    { split: "all" },
    "OPTION",
    /\[data x split\].*one of "train"\|"test", got "all"; give which part/,
  ],
  [{ size: 17 }, "OPTION", /\[data x size\].*one of 16\|28, got 17; correct the value/],
  [{ scale: -1 }, "OPTION", /\[data x scale\].*number to be >0, got -1/],
  [{ scale: Number.NaN }, "OPTION", /expected number, got NaN/],
  [{ folder: 3 }, "OPTION", /expected string, got 3/],
  [
    { splitt: "test" },
    "UNKNOWN_OPTION",
    /\[data x\].*split, size.*got splitt; did you mean split\?/,
  ],
  [{ zzzzzzzzz: 1 }, "UNKNOWN_OPTION", /got zzzzzzzzz; remove it/],
  [3, "OPTION", /\[data x\] OPTION expected object, got 3/],
  [null, "OPTION", /\[data x\] OPTION expected object, got null/],
])("refuses %j", (raw, code, message) => {
  expect(() => parseOptions("data x", shape, raw)).toThrow(GanymedeError);
  expect(() => parseOptions("data x", shape, raw)).toThrow(expect.objectContaining({ code }));
  expect(() => parseOptions("data x", shape, raw)).toThrow(message);
});

test("a part without options says so", () => {
  expect(() => parseOptions("data x", {}, { a: 1 })).toThrow(
    /expected no options, got a; remove it/,
  );
});

describe("nested values", () => {
  const schema = z.strictObject({
    system: z.string(),
    measure: z.strictObject({ samples: z.int().describe("how many") }).optional(),
    data: z.union([z.string(), z.strictObject({ source: z.string() })]).exactOptional(),
    fields: z.record(z.string(), z.strictObject({ shape: z.array(z.int()) })).optional(),
  });
  const whereOf = (path: ValuePath, unknown?: string) =>
    `${path.join("/")}${unknown ? ` ${unknown}` : ""}`;
  const parse = (raw: unknown) => parseWith(schema, raw, whereOf);

  test.each<[unknown, RegExp]>([
    [
      { system: "x", mesure: 1 },
      /\[ mesure\].*one of system, measure, data, fields.*mean measure\?/,
    ],
    [
      { system: "x", measure: { sample: 1 } },
      /\[measure sample\] UNKNOWN_OPTION expected one of samples, got sample; did you mean samples/,
    ],
    [
      { system: "x", measure: { samples: "1" } },
      /\[measure\/samples\].*number, got "1"; give how many/,
    ],
    [{ system: "x", fields: { a: { shape: ["b"] } } }, /\[fields\/a\/shape\/0\].*number, got "b"/],
    [
      { system: "x", fields: { a: { shap: [] } } },
      /\[fields\/a shap\].*got shap; did you mean shape/,
    ],
    [{ system: "x", data: { sorce: "y" } }, /\[data sorce\].*one of source, got sorce/],
    [{ system: "x", data: { source: 3 } }, /\[data\/source\] OPTION expected string, got 3/],
    [{ system: "x", data: 3 }, /\[data\] OPTION expected one of its forms, got 3/],
  ])("are refused where they are wrong: %j", (raw, message) => {
    expect(() => parse(raw)).toThrow(message);
  });

  test("are taken where they are right", () => {
    const raw = { system: "x", fields: { a: { shape: [1, 2] } } };
    expect(parse(raw)).toEqual(raw);
  });
});

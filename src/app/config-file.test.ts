import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { GanymedeError } from "../core/errors.ts";
import { readConfigFile } from "./config-file.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-config-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const file = join(root, "run.yaml");
function read(text: string, system?: string) {
  writeFileSync(file, text);
  return readConfigFile(file, system);
}

const whole = `# digits
system: dcgan
preset: first-light
data:
  source: mnist
  options:
    side: 16
options: { width: 8, batch: 16 }
seed: 3
measure:
  metrics: [fid, pr]
  samples: 500
best: { metric: fid, patience: 4 }
checkpoints: { last: 3 }
`;

describe("a configuration file", () => {
  test("is what would be asked for in code", async () => {
    expect(await read(whole)).toEqual({
      system: "dcgan",
      preset: "first-light",
      data: "mnist",
      dataOptions: { side: 16 },
      options: { width: 8, batch: 16 },
      seed: 3,
      measure: { metrics: ["fid", "pr"], everyImages: 20_000, samples: 500 },
      best: { metric: "fid", patience: 4 },
      checkpoints: { last: 3 },
    });
  });

  test("may be JSON, with tabs, and leave the system to the command line", async () => {
    const json = JSON.stringify({ data: "ring8", options: { width: 8 } }, null, "\t");
    const asked = await read(json, "gan-vanilla");
    expect(asked).toMatchObject({ data: "ring8", options: { width: 8 } });
  });

  const faults: [string, string, string, RegExp][] = [
    ["a name", "system: dcgan\nstpes: 3\n", "UNKNOWN_OPTION", /run\.yaml:2 stpes\].*mean steps\?/],
    [
      "a nested name",
      "system: dcgan\nmeasure:\n  metrics: [fid]\n  sample: 3\n",
      "UNKNOWN_OPTION",
      /run\.yaml:4 measure\.sample\].*did you mean samples\?/,
    ],
    [
      "an option of the system",
      "system: dcgan\noptions:\n  width: 3\n  widht: 3\n",
      "UNKNOWN_OPTION",
      /run\.yaml:4 options\.widht\].*did you mean width\?/,
    ],
    [
      "an option of the data",
      "system: dcgan\ndata: { source: mnist,\n options: { sied: 3 } }\n",
      "UNKNOWN_OPTION",
      /run\.yaml:3 data\.options\.sied\].*did you mean side\?/,
    ],
    [
      "a system",
      "seed: 1\nsystem: dcgna\n",
      "UNKNOWN_SYSTEM",
      /run\.yaml:2 system\].*mean dcgan\?/,
    ],
    ["data", "system: dcgan\n\ndata: minst\n", "UNKNOWN_DATA", /run\.yaml:3 data\].*mean mnist\?/],
    [
      "a preset",
      "system: dcgan\npreset: digit\n",
      "UNKNOWN_PRESET",
      /yaml:2 preset\].*mean digits/,
    ],
    ["__proto__", "system: dcgan\n__proto__: {}\n", "UNKNOWN_OPTION", /run\.yaml:2 __proto__\]/],
    [
      "a value",
      "system: dcgan\nsteps: many\n",
      "OPTION",
      /run\.yaml:2 steps\].*"many"; give the steps/,
    ],
    ["no value", "system: dcgan\nsteps:\n", "OPTION", /run\.yaml:2 steps\].*number, got null/],
    [
      "an option's value",
      "system: dcgan\noptions:\n  beta1: 2\n",
      "OPTION",
      /run\.yaml:3 options\.beta1\].*number to be <=1, got 2/,
    ],
    ["a list", "- system: dcgan\n", "OPTION", /run\.yaml:1\].*expected object/],
    ["nothing", "", "OPTION", /expected object, got null/],
    ["a broken line", "system: dcgan\noptions: {\n", "CONFIG_SYNTAX", /run\.yaml:\d+:\d+\]/],
    ["a name twice", "seed: 1\nseed: 2\n", "CONFIG_SYNTAX", /run\.yaml:2:1\].*unique/],
  ];
  test.each(faults)("with a fault in %s names it and its line", async (_, text, code, message) => {
    await expect(read(text)).rejects.toMatchObject({ code });
    await expect(read(text)).rejects.toThrow(message);
  });

  test("that is none, or too large, is refused", async () => {
    await expect(readConfigFile(root)).rejects.toMatchObject({ code: "CONFIG_MISSING" });
    await expect(readConfigFile(join(root, "none"))).rejects.toThrow(/CONFIG_MISSING.*ENOENT/);
    await expect(read("#".repeat(40_000))).rejects.toMatchObject({ code: "CONFIG_SIZE" });
  });
});

describe("a hostile file ends in a coded error, soon", { timeout: 20_000 }, () => {
  const nine = (name: string) => `[${Array(9).fill(`*${name}`)}]`;
  const laughs = [..."bcdefghi"].map((c, i) => `${c}: &${c} ${nine("abcdefghi"[i]!)}`);
  const hostile: [string, string][] = [
    ["aliases of aliases", `a: &a [x,x,x,x,x,x,x,x,x]\n${laughs.join("\n")}\n`],
    ["brackets", "[".repeat(30_000)],
    ["lists in lists", "- ".repeat(15_000)],
    ["keys in keys", "? ".repeat(15_000)],
    ["indents", Array.from({ length: 240 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
    ["tags", `a: ${"! ".repeat(15_000)}`],
    ["commas", `[${",".repeat(30_000)}`],
    ["names", Array.from({ length: 4000 }, (_, i) => `k${i}: 1`).join("\n")],
    ["a tag for bytes", "system: !!binary aGk="],
    ["an anchor that is none", "system: *a"],
    ["a zero byte", "system: \0"],
  ];
  test.each(hostile)("%s", async (_, text) => {
    const began = performance.now();
    await expect(read(text)).rejects.toBeInstanceOf(GanymedeError);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test("any cut or mutation of a good one", async () => {
    const mutation = fc.array(
      fc.tuple(fc.nat(whole.length), fc.constantFrom(..."[]{}:,-?&*!|>'\"%@` \n\tab01")),
      { maxLength: 6 },
    );
    const property = fc.asyncProperty(fc.nat(whole.length), mutation, async (end, changes) => {
      const letters = [...whole.slice(0, end)];
      for (const [at, letter] of changes) letters[at] = letter;
      const asked = await read(letters.join("")).catch((error: unknown) => error);
      if (asked instanceof Error) expect(asked).toBeInstanceOf(GanymedeError);
    });
    await fc.assert(property, { numRuns: 200, seed: 1 });
  });
});

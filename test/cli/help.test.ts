import { describe, expect, test } from "vitest";
import type { Command } from "../../src/cli/command.ts";
import { catalog } from "../../src/cli/commands/_catalog.ts";
import { usesColours } from "../../src/cli/terminal.ts";
import { ganymede } from "./terminal.ts";

/** Every command and those below it, by path. */
async function allCommands(): Promise<[string, Command][]> {
  const found: [string, Command][] = [];
  const visit = (path: string, command: Command): void => {
    found.push([path, command]);
    for (const [name, below] of Object.entries(command.commands ?? {})) {
      visit(`${path} ${name}`, below);
    }
  };
  for (const [name, load] of Object.entries(catalog)) visit(name, await load());
  return found;
}

const commands = await allCommands();

describe.each([80, 100, 200])("help in %i columns", (columns) => {
  const screen = Math.min(columns, 100);
  const fits = (out: string): void => {
    const lines = out.trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(screen);
  };

  test.each(commands)("of %s fits a screen and has an example", async (path, command) => {
    const { code, out, err } = await ganymede([...path.split(" "), "--help"], { columns });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    fits(out);
    for (const example of command.examples) {
      expect(example.startsWith(path)).toBe(true);
      expect(out).toContain(`\n  ganymede ${example}\n`);
    }
    for (const [flags] of command.options) expect(out).toContain(`\n  ${flags} `);
  });

  test("of all names every command, an example and the exit codes", async () => {
    const { code, out } = await ganymede([], { columns });
    expect(code).toBe(0);
    fits(out);
    for (const name of Object.keys(catalog)) expect(out).toContain(`\n  ${name} `);
    expect(out).toContain("\n  ganymede train dcgan");
    expect(out.replaceAll("\n", " ")).toMatch(/0 done, 1 failed, 2 wrong usage, 130 interrupted/);
  });
});

test("`help x` is `x --help`; the version is one line", async () => {
  expect(await ganymede(["help", "export"])).toEqual(await ganymede(["export", "--help"]));
  expect(await ganymede(["help"])).toEqual(await ganymede(["--help"]));
  expect((await ganymede(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("colours are for screens; NO_COLOR wins over FORCE_COLOR, an empty one does not count", () => {
  expect(usesColours({}, true)).toBe(true);
  expect(usesColours({}, false)).toBe(false);
  expect(usesColours({ FORCE_COLOR: "1" }, false)).toBe(true);
  expect(usesColours({ NO_COLOR: "1", FORCE_COLOR: "1" }, true)).toBe(false);
  expect(usesColours({ NO_COLOR: "" }, true)).toBe(true);
});

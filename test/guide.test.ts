import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "docs", "guide");

/** Code of a page, in order: files (named on the line before) to write and commands to run. */
function blocksOf(page: string) {
  const pattern = /(?:^`(?<path>[\w/.-]+)`\n\n)?^```(?<kind>ts|yaml|sh)\n(?<text>[\s\S]*?)^```$/gm;
  return [...page.matchAll(pattern)].map(({ groups }) => groups as Record<string, string>);
}

/** A copy of the project in which pages may write and train. */
function sandbox(): string {
  const path = mkdtempSync(join(tmpdir(), "ganymede-guide-"));
  const configs = readdirSync(root).filter((f) =>
    /^((package|tsconfig.*)\.json|vitest\.config\.ts)$/.test(f),
  );
  for (const part of ["src", "scripts", "proofs", "test", "docs", "bench", ...configs]) {
    cpSync(join(root, part), join(path, part), { recursive: true });
  }
  for (const part of ["node_modules", "data"]) symlinkSync(join(root, part), join(path, part));
  return path;
}

/** From sources, so that no build is needed. */
const runnable = (command: string) =>
  command.replace(/^npx ganymede /, `${process.execPath} --import tsx src/cli/main.ts `);

test.each(readdirSync(folder))("%s does what it says", { timeout: 400_000 }, (page) => {
  const path = sandbox();
  const env = { ...process.env, GANYMEDE_CACHE: join(path, "cache") };
  try {
    for (const { path: file, kind, text } of blocksOf(readFileSync(join(folder, page), "utf8"))) {
      if (kind !== "sh" && file) {
        mkdirSync(dirname(join(path, file)), { recursive: true });
        writeFileSync(join(path, file), text!);
      }
      if (kind !== "sh") continue;
      for (const command of text!.trim().split("\n")) {
        const said = execFileSync("sh", ["-c", runnable(command)], {
          cwd: path,
          env,
          encoding: "utf8",
          stdio: ["ignore", "pipe", "pipe"],
        });
        expect(said, command).not.toBe("");
      }
    }
  } finally {
    rmSync(path, { recursive: true });
  }
});

test("a part is one file, and three of them are at most 40 lines", () => {
  const page = readFileSync(join(folder, "adding-a-part.md"), "utf8");
  const parts = blocksOf(page).filter(({ kind }) => kind === "ts");
  expect(parts).toHaveLength(3);
  const lines = parts.flatMap(({ text }) => text!.trim().split("\n"));
  expect(lines.length).toBeLessThanOrEqual(40);
});

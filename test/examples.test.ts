import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../examples/", import.meta.url));
const examples = readdirSync(folder).filter((f) => f.endsWith(".ts"));

/** Each takes the number of steps and a folder; tiny here. */
test.each(examples)(
  "%s runs as it is printed, in at most 60 lines",
  { timeout: 120_000 },
  (file) => {
    expect(readFileSync(join(folder, file), "utf8").split("\n").length).toBeLessThanOrEqual(60);
    const out = mkdtempSync(join(tmpdir(), "ganymede-example-"));
    const argv = ["--import", import.meta.resolve("tsx"), join(folder, file), "20", out];
    const said = execFileSync(process.execPath, argv, { encoding: "utf8" });
    const written = said.match(/\S+\.png/)![0];
    expect(readFileSync(written).subarray(1, 4).toString()).toBe("PNG");
    rmSync(out, { recursive: true });
  },
);

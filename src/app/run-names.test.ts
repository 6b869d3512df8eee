import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { findRun, latestRun, nextRunName, runsIn } from "./run-names.ts";

const out = mkdtempSync(join(tmpdir(), "ganymede-names-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

function run(name: string, seconds: number): void {
  mkdirSync(join(out, name));
  writeFileSync(join(out, name, "run.json"), "{}");
  utimesSync(join(out, name, "run.json"), seconds, seconds);
}

test("runs are numbered by system; the latest is the one started last", () => {
  expect(nextRunName(join(out, "none"), "dcgan")).toBe("dcgan-001");
  expect(() => latestRun(out)).toThrow(/NO_RUN/);
  run("dcgan-002", 2000);
  run("dcgan-009", 1000);
  run("dcgan-mine", 3000);
  run("wgan-gp-120", 4000);
  expect(nextRunName(out, "dcgan")).toBe("dcgan-010");
  expect(nextRunName(out, "wgan-gp")).toBe("wgan-gp-121");
  expect(nextRunName(out, "gan")).toBe("gan-001");
  expect(latestRun(out)).toBe(join(out, "wgan-gp-120"));
  expect(runsIn(out).map((path) => basename(path))).toEqual([
    "dcgan-009",
    "dcgan-002",
    "dcgan-mine",
    "wgan-gp-120",
  ]);
});

test("a run is found by path, or by name", () => {
  expect(findRun(out, "dcgan-002")).toBe(join(out, "dcgan-002"));
  expect(findRun(out, join(out, "dcgan-009"))).toBe(join(out, "dcgan-009"));
  expect(findRun(out, "absent")).toBe("absent");
});

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";

/** `dcgan-001`, or the next number that no folder in `out` has. */
export function nextRunName(out: string, system: string): string {
  const numbers = entries(out).flatMap((name) => numberOf(name, system) ?? []);
  return `${system}-${String(Math.max(0, ...numbers) + 1).padStart(3, "0")}`;
}

const numberOf = (name: string, system: string): number | undefined => {
  const digits = name.startsWith(`${system}-`) ? name.slice(system.length + 1) : "";
  return /^\d{3,}$/.test(digits) ? Number(digits) : undefined;
};

const entries = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** A run given as a path, or as a name in `out`. */
export function findRun(out: string, run: string): string {
  const named = join(out, run);
  return !existsSync(run) && existsSync(named) ? named : run;
}

/** Paths of the runs in a folder, the one that was started or resumed last at the end. */
export const runsIn = (out: string): string[] =>
  entries(out)
    .map((name) => join(out, name))
    .filter((path) => existsSync(join(path, "run.json")))
    .sort((a, b) => startOf(a) - startOf(b));

/** The run in `out` that was started or resumed last. Throws `NO_RUN`. */
export function latestRun(out: string): string {
  const last = runsIn(out).at(-1);
  if (last !== undefined) return last;
  throw new GanymedeError("NO_RUN", {
    where: out,
    expected: "a run",
    got: "none",
    fix: "start one by `ganymede train <system>`, or name the folder of runs with --out",
  });
}

const startOf = (path: string): number => statSync(join(path, "run.json")).mtimeMs;

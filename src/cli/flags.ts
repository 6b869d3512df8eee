import type { z } from "zod";
import { GanymedeError, nearest } from "../core/errors.ts";
import { deviceChoices } from "../engine/run/device-names.ts";
import type { DeviceRequest } from "../engine/run/devices.ts";
import type { CheckpointChoice } from "../train/checkpoint.ts";

/** `--width 32`, `--width=32` or a bare `--flag`, as [name, text] with names in camelCase. */
export function readFlags(tokens: readonly string[]): [name: string, text: string][] {
  const flags: [string, string][] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (!token.startsWith("--")) {
      throw new GanymedeError("UNEXPECTED_ARGUMENT", {
        where: "command line",
        expected: "options of the form --name value",
        got: token,
        fix: "remove it, or write the option's name before it",
      });
    }
    const [name, ...value] = token.slice(2).split("=");
    const follows = tokens[i + 1] !== undefined && !tokens[i + 1]!.startsWith("--");
    const text = value.length > 0 ? value.join("=") : follows ? tokens[++i]! : "true";
    flags.push([camel(name!), text]);
  }
  return flags;
}

/** generator-rate → generatorRate. */
export const camel = (kebab: string): string =>
  kebab.replace(/-([a-z0-9])/g, (_, c: string) => c.toUpperCase());

/** generatorRate → generator-rate. */
export const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** The text of a flag as the type that its option takes, a list as `a,b`; as it is where that is none. */
export function readText(schema: z.core.$ZodType, text: string): unknown {
  const accepts = (value: unknown) => (schema as z.ZodType).safeParse(value).success;
  if (accepts([])) return readList(text);
  const asNumber = text.trim() === "" ? Number.NaN : Number(text);
  const readings = [text, ...(Number.isNaN(asNumber) ? [] : [asNumber])];
  if (text === "true" || text === "false") readings.push((text === "true") as never);
  return readings.find(accepts) ?? readings.at(-1);
}

/** `a,b`, or as JSON has it; nothing, or an empty pair of brackets, is an empty list. */
const readList = (text: string): string[] =>
  text
    .replace(/[[\]"\s]/g, "")
    .split(",")
    .filter((word) => word !== "");

/** Throws `UNKNOWN_OPTION` with the nearest of `known`, all written without dashes. */
export function unknownFlag(where: string, name: string, known: readonly string[]): never {
  const flags = known.map((k) => `--${kebab(k)}`);
  const close = nearest(`--${kebab(name)}`, flags);
  throw new GanymedeError("UNKNOWN_OPTION", {
    where,
    expected: `one of ${flags.join(", ")}`,
    got: `--${kebab(name)}`,
    fix: close === undefined ? "remove it" : `did you mean ${close}?`,
  });
}

/** A whole number from `min` on, or undefined when the flag is absent. Throws `OPTION`. */
export function wholeNumber(flag: string, text: unknown, min: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(String(text));
  if (String(text).trim() !== "" && Number.isSafeInteger(value) && value >= min) return value;
  throw new GanymedeError("OPTION", {
    where: flag,
    expected: `a whole number from ${min} on`,
    got: String(text),
    fix: "correct the value",
  });
}

/** A number above 0, or undefined when the flag is absent. Throws `OPTION`. */
export function positiveNumber(flag: string, text: unknown): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(String(text));
  if (Number.isFinite(value) && value > 0) return value;
  const fault = { where: flag, expected: "a number above 0", got: String(text) };
  throw new GanymedeError("OPTION", { ...fault, fix: "correct the value" });
}

/** For commands that open a run. */
export const checkpointOption = [
  "--checkpoint <which>",
  "last, best (see train --keep-best) or the number of a step (default: last)",
] as const;

/** Of `checkpointOption`, for `openRun`. Throws `OPTION`. */
export function readCheckpoint(text: unknown): { readonly checkpoint?: CheckpointChoice } {
  if (text === undefined) return {};
  if (text === "last" || text === "best") return { checkpoint: text };
  if (/^\d+$/.test(String(text))) return { checkpoint: Number(text) };
  throw new GanymedeError("OPTION", {
    where: "--checkpoint",
    expected: "last, best or the number of a step",
    got: String(text),
    fix: "correct the value; the files in the run's checkpoints/ are named by their steps",
  });
}

/** For whatever runs graphs. */
export const threadsOption = [
  "--threads <n>",
  "threads of one operator (default: all cores)",
] as const;
export const deviceOption = [
  "--device <name>",
  `where to run: ${deviceChoices.join(", ")} (default: cpu)`,
] as const;

/** Of these two, for `openRun`. Throws `OPTION`. */
export function readDevice(given: { readonly [flag: string]: unknown }): DeviceRequest {
  const threads = wholeNumber("--threads", given.threads, 1);
  const device = oneOf("--device", given.device, deviceChoices);
  return { ...(threads !== undefined && { threads }), ...(device && { device }) };
}

/** One of some words, or undefined when the flag is absent. Throws `OPTION` with the nearest. */
export function oneOf<T extends string>(
  flag: string,
  text: unknown,
  words: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const close = nearest(String(text), words);
  throw new GanymedeError("OPTION", {
    where: flag,
    expected: `one of ${words.join(", ")}`,
    got: String(text),
    fix: close === undefined ? "choose one of those" : `did you mean ${close}?`,
  });
}

/** A number from `min` on, or undefined when the flag is absent. Throws `OPTION`. */
export function numberFrom(flag: string, text: unknown, min: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(String(text));
  if (String(text).trim() !== "" && Number.isFinite(value) && value >= min) return value;
  const fault = { where: flag, expected: `a number from ${min} on`, got: String(text) };
  throw new GanymedeError("OPTION", { ...fault, fix: "correct the value" });
}

import { describe, type SuiteOptions } from "vitest";
import { findChromium } from "./chromium.ts";

/** The command of the Chromium that is installed, or undefined. */
export const chromium = findChromium();
if (!chromium) console.warn("no Chromium is installed: suites that need one are skipped");

/** A suite that needs Chromium; without one it is skipped, and its title says why. */
export function inChromium(
  title: string,
  ...rest: [suite: () => void] | [options: SuiteOptions, suite: () => void]
): void {
  const told = chromium ? title : `${title} (skipped: no Chromium is installed)`;
  const [options, suite] = rest.length === 1 ? [{}, rest[0]] : rest;
  describe.skipIf(!chromium)(told, options, suite);
}

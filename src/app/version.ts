import { readFileSync } from "node:fs";

/** Ganymede's version. The package root lies two levels up from src/app as from dist/app. */
export const version: string = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  }
).version;

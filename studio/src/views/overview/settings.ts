import type { RunConfig } from "../../../../src/app/run-config.ts";

/** What a run notes of itself beside its settings. */
const notes = new Set(["fields", "data.about", "madeBy", "branchedFrom"]);

/** Settings of a run as rows: dotted names and values as text. */
export function flatSettings(config: RunConfig): [name: string, value: string][] {
  const rows: [string, string][] = [];
  const walk = (value: object, prefix: string) => {
    for (const [key, below] of Object.entries(value) as [string, unknown][]) {
      const name = prefix + key;
      if (notes.has(name)) continue;
      const isGroup = typeof below === "object" && below !== null && !Array.isArray(below);
      if (isGroup) walk(below as object, `${name}.`);
      else rows.push([name, typeof below === "string" ? below : JSON.stringify(below)]);
    }
  };
  walk(config, "");
  return rows;
}

import type { SourceDefinition } from "../data/source.ts";
import { readFlags, readText, unknownFlag } from "./flags.ts";

/** The options of a source among flags `--data.<option>`. Throws `UNKNOWN_OPTION`. */
export function readDataFlags(
  tokens: readonly string[],
  source: SourceDefinition,
  where: string,
): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, text] of readFlags(tokens)) {
    const key = name.startsWith("data.") ? name.slice(5) : "";
    if (!Object.hasOwn(source.options, key)) {
      unknownFlag(
        where,
        name,
        Object.keys(source.options).map((k) => `data.${k}`),
      );
    }
    options[key] = readText(source.options[key]!, text);
  }
  return options;
}

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync(new URL("../../studio/src/tokens.css", import.meta.url), "utf8");

/** Colours of a theme by token; those of the dark theme stand over the others. */
function tokensOf(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`));
  const body = block.slice(0, block.indexOf("}"));
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]),
  );
}

const light = tokensOf(":root");
const dark = { ...light, ...tokensOf(':root[data-theme="dark"]') };

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const v = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

const grounds = ["ground", "surface", "raised"];
const texts: [text: string, grounds: string[]][] = [
  ["text", [...grounds, "accent-soft", "warn-soft", "bad-soft"]],
  ["quiet", [...grounds, "warn-soft", "bad-soft"]],
  ["accent", grounds],
  ["good", grounds],
  ["warn", [...grounds, "warn-soft"]],
  ["bad", [...grounds, "bad-soft"]],
  ["on-accent", ["accent"]],
];

test.each([
  ["light", light],
  ["dark", dark],
] as const)("texts of the %s theme have the contrast of WCAG AA, and so have lines", (_, theme) => {
  const of = (a: string, b: string) => `${a} on ${b}: ${contrast(theme[a]!, theme[b]!).toFixed(2)}`;
  const faint = texts.flatMap(([text, on]) =>
    on.filter((ground) => contrast(theme[text]!, theme[ground]!) < 4.5).map((g) => of(text, g)),
  );
  // What is no text, the edges of fields and the lines of plots, needs 3.
  const marks = ["strong-line", "series-1", "series-2", "series-3", "series-4", "real", "fake"];
  const weak = marks
    .filter((m) => contrast(theme[m]!, theme.surface!) < 3)
    .map((m) => of(m, "surface"));
  expect([...faint, ...weak]).toEqual([]);
});

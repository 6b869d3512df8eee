import { readdirSync } from "node:fs";
import { beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
});

const modules = readdirSync(import.meta.dirname)
  .filter((f) => /^[^.]+\.ts$/.test(f))
  .map((f) => f.replace(/\.ts$/, ""));

// Operators import each other; which of them runs first may not matter.
test.each(modules)("%s can be the first to be asked for", async (name) => {
  expect(Object.keys(await import(`./${name}.ts`)).length).toBeGreaterThan(0);
});

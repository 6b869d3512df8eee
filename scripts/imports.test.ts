import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reachedFrom } from "./imports.ts";

test("what a module leads to: values, at once or later and through workers, but no types", () => {
  const root = mkdtempSync(join(tmpdir(), "ganymede-imports-"));
  const files = {
    "a.ts": `import type { T } from "./type.ts"; import { type U } from "./type.ts";
      import { b } from "./b.ts"; export { c } from "./c.ts"; export type { V } from "./type.ts";
      const later = () => import("./d.ts");
      const worker = () => new Worker(new URL("./e.js", import.meta.url), { type: "module" });`,
    "b.ts": `import { readFileSync } from "node:fs"; import "./a.ts";`,
    "c.ts": "export const c = 1;",
    "d.ts": 'import zod, { type Z } from "zod";',
    "e.ts": 'export * from "onnxruntime-web/wasm";',
    "type.ts": 'import "node:os";',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const reached = reachedFrom(root, ["a.ts"]);
  expect([...reached.keys()].sort()).toEqual(
    ["a.ts", "b.ts", "c.ts", "d.ts", "e.ts", "node:fs", "onnxruntime-web/wasm", "zod"].sort(),
  );
  expect(reached.get("node:fs")).toBe("b.ts");
  rmSync(root, { recursive: true });
});

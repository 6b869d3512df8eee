import { expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";

/** The whole files, the lies and a few damaged copies; `npm run fuzz` reads a thousand. */
test("damaged files end in a read or a coded error", { timeout: 300_000 }, async () => {
  // A busy machine is slow, but not for ever.
  const harm = await fuzz({ inputs: 80, patience: 30_000 });
  expect(harm.faults).toEqual([]);
  expect(Object.keys(harm.ends).length).toBeGreaterThan(3);
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  type Proof,
  type ProofResult,
  resultFile,
  runProof,
  type Threshold,
  table,
  weigh,
} from "./_proof.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const ids = readdirSync(folder)
  .filter((f) => /^[^_].*\.ts$/.test(f) && !f.endsWith(".test.ts"))
  .map((f) => f.slice(0, -3));

/** Proofs of shares, whose tiny nets make nothing that such a share could be of. */
const countless = new Set([
  "latent-interpolation",
  "lucic-study",
  "sagan",
  "truncation-trick",
  "vector-arithmetic",
]);

/** Every proof in its smoke form: a proof that exists is run, without a test of its own. */
test.each(ids)("%s runs, at tiny sizes", { timeout: 60_000 }, async (id) => {
  const file = new URL(`${id}.ts`, import.meta.url).href;
  const { proof } = (await import(/* @vite-ignore */ file)) as { proof: Proof };
  expect(proof.id).toBe(id);
  const result = await runProof(proof, { smoke: true, threads: 1 });
  for (const { name, value } of result.figures) {
    for (const v of [value].flat()) {
      expect(v, name).toBeTypeOf("number");
      if (!countless.has(id)) expect(v, name).not.toBeNaN();
    }
  }
  for (const { because } of Object.values(proof.thresholds)) expect(because).not.toBe("");
});

/** A result speaks of its proof as it is: nothing was moved after the run. */
test.each(ids.filter((id) => existsSync(resultFile(id))))(
  "%s: its result is its own",
  async (id) => {
    const file = new URL(`${id}.ts`, import.meta.url).href;
    const { proof } = (await import(/* @vite-ignore */ file)) as { proof: Proof };
    const result = JSON.parse(readFileSync(resultFile(id), "utf8")) as ProofResult;
    const boundOf = ({ because: _, ...bound }: Threshold) => bound;
    const bounds = result.figures.flatMap(({ name, threshold }) =>
      threshold ? [[name, boundOf(threshold)] as const] : [],
    );
    const frozen = Object.entries(proof.thresholds).map(([name, t]) => [name, boundOf(t)]);
    expect(Object.fromEntries(bounds)).toEqual(Object.fromEntries(frozen));
    expect(result.seeds).toEqual(proof.seeds);
    if (result.verdict === "miss") expect(proof.cause, "a miss is explained").toBeTruthy();
  },
);

describe("thresholds", () => {
  const because = "of this test";
  const holds = (value: number | number[], threshold: object) =>
    weigh({ id: "x", thresholds: { f: { because, ...threshold } as never } }, { f: value })[0]!
      .holds;

  test("bounds include themselves; every seed must keep them", () => {
    expect(holds(1, { atLeast: 1 })).toBe(true);
    expect(holds(0.99, { atLeast: 1 })).toBe(false);
    expect(holds(1, { atMost: 1 })).toBe(true);
    expect(holds([0.5, 1.01], { atMost: 1 })).toBe(false);
  });

  test("what is not a number keeps no bound", () => {
    expect(holds(Number.NaN, { atMost: 1 })).toBe(false);
    expect(holds(Number.NaN, { atLeast: 1 })).toBe(false);
  });

  test("a threshold whose figure was not measured is an error", () => {
    const thresholds = { f: { atMost: 1, because } };
    expect(() => weigh({ id: "x", thresholds }, { g: 1 })).toThrow(/PROOF/);
  });

  test("the table shows figures beside bounds, and marks misses", () => {
    const figures = weigh(
      { id: "x", thresholds: { good: { atMost: 1, because }, bad: { atLeast: 2, because } } },
      { good: [0.5, 1], bad: 1, free: 3 },
    );
    expect(table({ figures })).toBe(
      "ok    good  0.5 1  (≤ 1)\nMISS  bad   1  (≥ 2)\n      free  3",
    );
  });
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { boxMuller } from "./normal.ts";

/** The same transform with the engine's logarithm, cosine and sine. */
function reference(radiusWord: number, angleWord: number): [number, number] {
  const radius = Math.sqrt(-2 * Math.log((radiusWord + 0.5) / 2 ** 32));
  const angle = (2 * Math.PI * (angleWord + 0.5)) / 2 ** 32;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

const edges = [0, 1, 2, 2 ** 29 - 1, 2 ** 29, 2 ** 29 + 1, 2 ** 30, 3 * 2 ** 29, 3037000499];
const extremes = [
  2 ** 31 - 1,
  2 ** 31,
  2 ** 31 + 2 ** 29,
  7 * 2 ** 29 - 1,
  7 * 2 ** 29,
  2 ** 32 - 1,
];
const words = [...edges, ...extremes, 0x12345678, 0x9abcdef0, 3 * 2 ** 30 + 5];

test("agrees with Math.log, Math.cos and Math.sin at every edge of the reductions", () => {
  for (const radiusWord of words) {
    for (const angleWord of words) {
      const out = new Float64Array(2);
      boxMuller(Uint32Array.of(radiusWord, angleWord), out, 0, 2);
      const [first, second] = reference(radiusWord, angleWord);
      expect(Math.abs(out[0]! - first), `${radiusWord} ${angleWord}`).toBeLessThan(2e-13);
      expect(Math.abs(out[1]! - second), `${radiusWord} ${angleWord}`).toBeLessThan(2e-13);
    }
  }
});

test("uses nothing whose last bit an engine may choose", () => {
  const source = readFileSync(new URL("./normal.ts", import.meta.url), "utf8");
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "");
  const used = new Set(code.match(/Math\.\w+/g));
  expect([...used].sort()).toEqual(["Math.LN2", "Math.SQRT1_2", "Math.clz32", "Math.sqrt"]);
});

test("writes `count` values at `from`, no more", () => {
  const out = new Float64Array(6).fill(9);
  boxMuller(Uint32Array.of(1, 2, 3, 4), out, 1, 3);
  expect(out[0]).toBe(9);
  expect([...out.subarray(4)]).toEqual([9, 9]);
  expect(out.subarray(1, 4).includes(9)).toBe(false);
});

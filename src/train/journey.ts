import type { CodeLayout } from "./codes.ts";

/**
 * How to go from code to code. `slerp` goes along the arc, so that every code on the way is as long as
 * normal codes are; straight lines pass near the middle, where a generator of normal codes has seldom
 * been (White 2016, arXiv:1609.04468). `linear` stays in the cube of uniform codes.
 */
export type Path = "slerp" | "linear";

export interface Journey {
  /** Codes from each key to the next, [frames, latent]; the last key too, unless it loops. */
  readonly codes: Float32Array;
  readonly frames: number;
  /** Of each frame: the keys that it lies between, and how far it has come. */
  readonly between: readonly {
    readonly from: number;
    readonly to: number;
    readonly share: number;
  }[];
}

/**
 * Codes along a way through `keys`.
 *
 * @param keys [count, layout.size]
 * @param options.perLeg frames from one key to the next, the next not counted
 * @param options.path when absent by part of the code: slerp for normal noise, linear for uniform
 */
export function journey(
  keys: Float32Array,
  layout: CodeLayout,
  options: { readonly perLeg: number; readonly loop: boolean; readonly path?: Path },
): Journey {
  const { perLeg, loop, path } = options;
  const count = keys.length / layout.size;
  const legs = loop ? count : count - 1;
  const between = Array.from({ length: legs * perLeg }, (_, frame) => {
    const from = Math.floor(frame / perLeg);
    return { from, to: (from + 1) % count, share: (frame % perLeg) / perLeg };
  });
  if (!loop) between.push({ from: count - 1, to: count - 1, share: 0 });
  const codes = new Float32Array(between.length * layout.size);
  between.forEach(({ from, to, share }, frame) => {
    for (const part of layout.parts) {
      const of = (key: number) => {
        const at = key * layout.size + part.from;
        return keys.subarray(at, at + part.size);
      };
      const along = path ?? (part.distribution === "normal" ? "slerp" : "linear");
      const row = (along === "slerp" ? slerp : lerp)(of(from), of(to), share);
      codes.set(row, frame * layout.size + part.from);
    }
  });
  return { codes, frames: between.length, between };
}

/** (1 − t)·a + t·b. */
export const lerp = (a: Float32Array, b: Float32Array, t: number): Float32Array =>
  a.map((v, i) => (1 - t) * v + t * b[i]!);

/**
 * (sin((1 − t)Ω)·a + sin(tΩ)·b)/sin Ω with Ω the angle between a and b. Shoemake 1985. The line where
 * there is no one arc: codes in one direction, or in opposite ones.
 */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  if (!(sine > 1e-6)) return lerp(a, b, t);
  const [first, second] = [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  return a.map((v, i) => first * v + second * b[i]!);
}

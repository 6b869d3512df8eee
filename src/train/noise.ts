import { stream } from "../core/random.ts";
import type { Noise } from "../gan/game.ts";

/** Noise of one tick under its name; nothing is drawn for an input that the program dropped. */
export function fillNoise(
  out: Float32Array | undefined,
  { distribution }: Noise,
  seed: number,
  name: string,
  step: number,
): void {
  if (!out) return;
  const random = stream(seed, `noise ${name}`, step);
  if (distribution === "normal") random.normal(out);
  else {
    random.uniform(out);
    // Uniform noise is on [-1, 1], as the early GANs have it.
    for (let i = 0; i < out.length; i++) out[i] = 2 * out[i]! - 1;
  }
}

import { spread } from "../src/metrics/bootstrap.ts";

/** Of figures over seeds. */
export const sum = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0);

/** e^v over the sum of such, of a row of logits. */
export function softmax(logits: Float64Array): Float64Array {
  const top = Math.max(...logits);
  const powers = logits.map((v) => Math.exp(v - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / total);
}

export const mean = (v: readonly number[]): number => spread(v).mean;

/**
 * Time of a Fréchet distance at Inception's 2,048 dimensions: moments of streamed features, then the
 * distance between two of them. `npx tsx bench/frechet.ts [rows] [width]`; 50,000 and 2,048 when absent.
 */
import { stream } from "../src/core/random.ts";
import { momentsAccumulator } from "../src/metrics/feature-moments.ts";
import { frechetDistance } from "../src/metrics/frechet.ts";

const [rows = 50_000, width = 2048] = process.argv.slice(2).map(Number);
const batch = 500;
const made = 8;

/** Correlated features with a spread of scales; a few batches, used again and again. */
function batches(side: string): Float32Array[] {
  return Array.from({ length: made }, (_, step) => {
    const data = stream(0, side, step).normal(new Float32Array(batch * width));
    for (let i = data.length - 1; i > 0; i--)
      data[i] = (data[i]! + 0.5 * data[i - 1]!) / (1 + (i % width) / 64);
    return data;
  });
}

function moments(side: string, count: number) {
  const data = batches(side);
  const sums = momentsAccumulator(width);
  const start = performance.now();
  for (let at = 0, i = 0; at < count; at += batch, i++) {
    sums.add({ count: batch, width, data: data[i % made]! });
  }
  const result = sums.finish();
  console.log(`moments of ${count} x ${width}: ${seconds(start)} s`);
  return result;
}

const seconds = (start: number): string => ((performance.now() - start) / 1000).toFixed(1);

const real = moments("real", rows);
const fake = moments("fake", Math.min(rows, batch * made));
const start = performance.now();
const { distance } = frechetDistance(real, fake);
console.log(`distance ${distance.toPrecision(12)} at ${width} dimensions: ${seconds(start)} s`);

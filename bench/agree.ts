/**
 * Whether ours and the peers train the same thing: `npx tsx bench/agree.ts [--steps …] [--seeds 6]`.
 *
 * From equal initial distributions, prints the mean and the standard deviation over seeds of each loss
 * of the first steps, on small nets, and fails when a peer's mean of a step is farther from ours than 4
 * standard errors of the difference. Numbers of parameters must be equal.
 */
import { parseArgs } from "node:util";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import type { Contender, Timing } from "./_contender.ts";
import { Ganymede } from "./_ours.ts";
import { startPeers } from "./_peers.ts";
import { steps } from "./_steps.ts";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: Object.keys(steps).join() },
    seeds: { type: "string", default: "6" },
    first: { type: "string", default: "4" },
  },
});
const [seeds, first] = [Number(flags.seeds), Number(flags.first)];
const size = { batch: 8, width: 8 };

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const square = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  return { mean, deviation: Math.sqrt(square) };
}

/** The spread of each of the first losses, or why there is none. */
async function trainFirst(who: Contender, step: string): Promise<readonly Spread[] | string> {
  const all: (readonly number[])[] = [];
  let last: Timing | undefined;
  for (let seed = 0; seed < seeds; seed++) {
    const timing = await who.time({ step, count: first, size, seed });
    if (timing.cannot) return timing.cannot;
    if (last && JSON.stringify(last.parameters) !== JSON.stringify(timing.parameters)) throw who;
    last = timing;
    all.push(timing.losses!.slice(0, first));
  }
  return Array.from({ length: first }, (_, i) => spreadOf(all.map((losses) => losses[i]!)));
}

/** |difference of means| over its standard error, at the step where it is largest. */
const farthest = (a: readonly Spread[], b: readonly Spread[]): number =>
  Math.max(
    ...a.map(({ mean, deviation }, i) => {
      const error = Math.hypot(deviation, b[i]!.deviation) / Math.sqrt(seeds);
      return Math.abs(mean - b[i]!.mean) / error;
    }),
  );

const contenders = [new Ganymede("Ganymede", nodeCpu({ threads: 2 }), 1), ...startPeers()];
let apart = 0;
for (const step of flags.steps.split(",")) {
  let ours: readonly Spread[] = [];
  for (const who of contenders) {
    const spreads = await trainFirst(who, step);
    if (typeof spreads === "string") {
      console.log(`${step.padEnd(15)} ${who.name.padEnd(23)} cannot run it: ${spreads}`);
      continue;
    }
    if (ours.length === 0) ours = spreads;
    const far = farthest(ours, spreads);
    if (far > 4) apart += 1;
    const text = spreads.map((s) => `${s.mean.toFixed(3)} ± ${s.deviation.toFixed(3)}`).join("  ");
    const verdict = far > 4 ? "  APART" : "";
    console.log(`${step.padEnd(15)} ${who.name.padEnd(23)} ${text}  ${far.toFixed(1)} σ${verdict}`);
  }
}
for (const who of contenders) await who.end();
process.exit(apart === 0 ? 0 : 1);

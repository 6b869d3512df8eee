/**
 * How long a generator takes for one item and for 64, from drawing codes to items on the host: ours and
 * the peers', interleaved in one run.
 *
 *   npx tsx bench/latency.ts [--steps dcgan32,…] [--who 'PyTorch|jax'] [--rounds 3]
 *
 * Rows go to bench/results/latency.json, in the place of those of an earlier run.
 */
import { parseArgs } from "node:util";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import type { Contender, Timing } from "./_contender.ts";
import { Ganymede } from "./_ours.ts";
import { startPeers } from "./_peers.ts";
import { circumstances, median, mergeRows, readResults, sorted, writeResults } from "./_results.ts";
import { type Size, steps } from "./_steps.ts";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: Object.keys(steps).join() },
    who: { type: "string", default: "" },
    rounds: { type: "string", default: "3" },
  },
});
const rounds = Number(flags.rounds);

export interface LatencyRow extends Size {
  readonly step: string;
  readonly who: string;
  readonly date: string;
  readonly medianMs?: number;
  readonly minMs?: number;
  readonly times?: number;
  readonly cannot?: string;
}

export interface LatencyRecord {
  readonly rows: readonly LatencyRow[];
}

/** One after the other until it has had this long, 100 at most. */
const enoughMs = 1000;

async function timeTurn(who: Contender, step: string, size: Size): Promise<Timing> {
  const ms: number[] = [];
  for (let spent = 0; ms.length < 100 && spent < enoughMs; ) {
    const timing = await who.time({ step, count: who.slow ? 1 : 10, size, make: true });
    if (!timing.ms) return timing;
    ms.push(...timing.ms);
    spent += timing.ms.reduce((a, b) => a + b, 0);
  }
  return { ms };
}

async function measure(contenders: readonly Contender[], step: string, batch: number) {
  const size = { batch, width: steps[step]!.standard.width };
  const all = new Map<string, Timing[]>();
  for (let round = 0; round < rounds; round++) {
    for (const who of contenders) {
      const known = all.get(who.name) ?? [];
      const [first] = known;
      const done = who.slow && first && (first.cannot || first.ms!.length === 1);
      if (!done) all.set(who.name, [...known, await timeTurn(who, step, size)]);
    }
  }
  return [...all].map(([who, timings]): LatencyRow => {
    const about = { step, who, ...size, date: circumstances().date };
    const cannot = timings.find((t) => t.cannot)?.cannot;
    if (cannot) return { ...about, cannot };
    const ms = timings.flatMap((t) => t.ms ?? []);
    return { ...about, medianMs: median(ms), minMs: sorted(ms)[0]!, times: ms.length };
  });
}

const asked = new RegExp(flags.who);
const ours = new Ganymede("Ganymede", nodeCpu({ threads: 2 }));
const contenders = [ours, ...startPeers().filter(({ name }) => asked.test(name))];
for (const step of flags.steps.split(",")) {
  for (const batch of [1, 64]) {
    const rows = await measure(contenders, step, batch);
    for (const { who, medianMs, minMs, cannot } of rows) {
      const figures = cannot ?? `median ${medianMs!.toFixed(2)} ms  min ${minMs!.toFixed(2)} ms`;
      console.log(`${step.padEnd(15)} ${who.padEnd(23)} ${String(batch).padEnd(3)} ${figures}`);
    }
    const earlier = readResults<LatencyRecord>("latency")?.rows ?? [];
    const merged = mergeRows(earlier, rows, (row) => `${row.step} ${row.batch} ${row.who}`);
    const place = (row: LatencyRow) => Object.keys(steps).indexOf(row.step) * 1000 + row.batch;
    const sortedRows = merged.sort((a, b) => place(a) - place(b));
    writeResults("latency", { ...circumstances(), threads: 2, rows: sortedRows });
  }
}
for (const who of contenders) await who.end();
process.exit(0);

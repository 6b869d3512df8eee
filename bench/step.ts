/**
 * Times whole training steps of ours against the peers, interleaved in one run.
 *
 *   npx tsx bench/step.ts [--steps dcgan32,wgan-gp] [--who 'PyTorch|jax'] [--rounds 6]
 *
 * Peers that need seconds for one item are asked for a batch of 1, and so are we beside them. The
 * figure is the ratio of medians at an equal batch, ours over theirs; below 1 we are faster. Peers that
 * are not set up are named and left out. Rows go to bench/results/step.json as they come, in the place
 * of those of an earlier run, and `npm run gen` writes bench/README.md from there.
 */
import { parseArgs } from "node:util";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import type { Contender, Parameters, Timing } from "./_contender.ts";
import { Ganymede } from "./_ours.ts";
import { startPeers } from "./_peers.ts";
import { circumstances, median, mergeRows, readResults, sorted, writeResults } from "./_results.ts";
import { type Size, steps } from "./_steps.ts";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: Object.keys(steps).join() },
    who: { type: "string", default: "" },
    rounds: { type: "string", default: "6" },
    chunk: { type: "string" },
  },
});
const rounds = Number(flags.rounds);

export interface StepRow extends Size {
  readonly step: string;
  readonly who: string;
  readonly date: string;
  readonly medianMs?: number;
  readonly minMs?: number;
  /** Ours over theirs, of medians and of minima, both at this batch and in one run. */
  readonly ratio?: number;
  readonly ratioOfMinima?: number;
  /** How many times were taken. */
  readonly times?: number;
  readonly cannot?: string;
}

export interface StepRecord {
  readonly peers: Readonly<Record<string, unknown>>;
  readonly rows: readonly StepRow[];
}

/** A slow peer is asked step by step, until it has had this long. */
const slowSeconds = 3;

async function timeTurn(who: Contender, step: string, size: Size): Promise<Timing> {
  const { turn } = steps[step]!;
  if (!who.slow) return who.time({ step, count: turn, size });
  const ms: number[] = [];
  let last: Timing;
  do {
    last = await who.time({ step, count: 1, size });
    ms.push(...(last.ms ?? []));
  } while (!last.cannot && ms.length < turn && total(ms) < slowSeconds * 1000);
  return { ...last, ms };
}

const total = (ms: readonly number[]) => ms.reduce((a, b) => a + b, 0);

/** Nets that differ are no comparison. */
function requireEqual(who: string, step: string, theirs?: Parameters, ours?: Parameters): void {
  if (!theirs || !ours) return;
  const [a, b] = [JSON.stringify(theirs), JSON.stringify(ours)];
  if (a !== b) throw new Error(`${who} has other parameters of ${step}: ${a}, ours are ${b}`);
}

/** We and all that take this size, in turns. */
async function race(step: string, size: Size, field: readonly Contender[]): Promise<StepRow[]> {
  const ours = new Ganymede(
    "Ganymede",
    nodeCpu({ threads: 2 }),
    flags.chunk ? Number(flags.chunk) : undefined,
  );
  const all = new Map<string, Timing[]>();
  for (let round = 0; round < rounds; round++) {
    for (const who of [ours, ...field]) {
      const known = all.get(who.name) ?? [];
      const done = who.slow || known.some((t) => t.cannot);
      if (round > 0 && done) continue;
      const timing = await timeTurn(who, step, size);
      requireEqual(who.name, step, timing.parameters, all.get(ours.name)?.[0]?.parameters);
      all.set(who.name, [...known, timing]);
    }
    // Beside slow peers we have one turn before theirs, cold, and one after.
    if (round === 1 && field.every((who) => who.slow)) break;
  }
  await ours.end();
  const own = all.get(ours.name)!.flatMap((t) => t.ms ?? []);
  return [...all].map(([who, timings]) => rowOf({ step, who, ...size }, timings, own));
}

function rowOf(
  about: Size & { readonly step: string; readonly who: string },
  timings: readonly Timing[],
  ours: readonly number[],
): StepRow {
  const { date } = circumstances();
  const cannot = timings.find((t) => t.cannot)?.cannot;
  if (cannot !== undefined) return { ...about, date, cannot };
  const ms = timings.flatMap((t) => t.ms ?? []);
  const [medianMs, minMs] = [median(ms), sorted(ms)[0]!];
  const [ratio, ratioOfMinima] = [median(ours) / medianMs, sorted(ours)[0]! / minMs];
  return { ...about, date, medianMs, minMs, ratio, ratioOfMinima, times: ms.length };
}

function show({ step, who, batch, medianMs, minMs, ratio, ratioOfMinima, cannot }: StepRow): void {
  const figures = cannot
    ? `cannot run it: ${cannot}`
    : `median ${medianMs!.toFixed(2)} ms  min ${minMs!.toFixed(2)} ms  ours/theirs ${ratio!.toPrecision(3)} (minima ${ratioOfMinima!.toPrecision(3)})`;
  console.log(`${step.padEnd(15)} ${who.padEnd(23)} batch ${String(batch).padEnd(4)} ${figures}`);
}

function keep(rows: readonly StepRow[], peers: readonly Contender[]): void {
  const earlier = readResults<StepRecord>("step");
  const keyOf = ({ step, who, batch }: StepRow) => `${step} ${who} ${batch}`;
  const merged = mergeRows(earlier?.rows ?? [], rows, keyOf);
  const place = (row: StepRow) => Object.keys(steps).indexOf(row.step);
  writeResults("step", {
    ...circumstances(),
    threads: 2,
    peers: { ...earlier?.peers, ...Object.fromEntries(peers.map((p) => [p.name, p.info()])) },
    rows: merged.sort((a, b) => place(a) - place(b)),
  });
}

const asked = new RegExp(flags.who);
const peers = startPeers().filter(({ name }) => asked.test(name));
for (const step of flags.steps.split(",")) {
  const { standard, light } = steps[step]!;
  const sizes = new Map([standard, ...(light ? [light] : [])].map((size) => [size.batch, size]));
  for (const size of sizes.values()) {
    const field = peers.filter((p) => (p.slow ? light : standard)?.batch === size.batch);
    if (field.length === 0) continue;
    const rows = await race(step, size, field);
    for (const row of rows) show(row);
    keep(rows, field);
  }
}
for (const peer of peers) await peer.end();
process.exit(0);

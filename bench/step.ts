/**
 * Times whole training steps of ours against the peers, interleaved in one run: `npm run bench`.
 *
 *   npm run bench -- [--steps dcgan32,wgan-gp] [--rounds 6] [--count 10] [--pytorch DIR] [--js DIR]
 *
 * The figure is the ratio of medians, ours over theirs; below 1 we are faster. Peers that are not
 * set up are named and left out. Writes bench/results/step.json and prints a table.
 */
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeAtomic } from "../src/core/files.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import { Trainer } from "../src/train/trainer.ts";
import { Peer, type Timing } from "./_peer.ts";
import { source, steps } from "./_steps.ts";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: Object.keys(steps).join() },
    rounds: { type: "string", default: "6" },
    count: { type: "string", default: "10" },
    chunk: { type: "string", default: "2" },
    pytorch: { type: "string", default: process.env.GANYMEDE_PEERS ?? ".peers/pytorch" },
    js: { type: "string", default: process.env.GANYMEDE_PEERS_JS ?? ".peers/js" },
  },
});
const [rounds, count, chunk] = [Number(flags.rounds), Number(flags.count), Number(flags.chunk)];
const here = fileURLToPath(new URL("./peers/", import.meta.url));

/** The peers that are installed. JavaScript ones are asked once, for one step: they take seconds. */
function startPeers(): Peer[] {
  const peers: Peer[] = [];
  if (existsSync(`${flags.pytorch}/usr/bin/python3`)) {
    const command = [`${here}in-pytorch.sh`, flags.pytorch, "python3", "/mnt/torch_step.py"];
    peers.push(new Peer("PyTorch", command, { rounds, count }));
    const words = ["channels-last"];
    peers.push(new Peer("PyTorch, channels last", command, { rounds, count, words }));
  } else console.log(`PyTorch is not set up in ${flags.pytorch}: see bench/peers/README.md`);
  if (existsSync(`${flags.js}/node_modules`)) {
    const env = { GANYMEDE_PEERS_JS: flags.js };
    const once = { rounds: 1, count: 1, env };
    const tfjs = [process.execPath, `${here}tfjs-step.mjs`, "--backend"];
    peers.push(new Peer("TensorFlow.js, cpu", [...tfjs, "cpu"], once));
    peers.push(new Peer("TensorFlow.js, wasm", [...tfjs, "wasm"], once));
    peers.push(new Peer("jax-js, wasm", [process.execPath, `${here}jax-js-step.mjs`], once));
  } else console.log(`TensorFlow.js and jax-js are not set up in ${flags.js}`);
  return peers;
}

/** Our side: `count` ticks, each call of the runtime timed and divided by its ticks. */
async function timeOurs(trainer: Trainer): Promise<Timing> {
  const ms: number[] = [];
  for (const end = trainer.step + count; trainer.step < end; ) {
    const from = trainer.step;
    const began = performance.now();
    await trainer.advance(end);
    const each = (performance.now() - began) / (trainer.step - from);
    for (let i = from; i < trainer.step; i++) ms.push(each);
  }
  return { ms };
}

const sorted = (ms: readonly number[]) => [...ms].sort((a, b) => a - b);
const median = (ms: readonly number[]) => sorted(ms)[ms.length >> 1]!;

interface Row {
  readonly step: string;
  readonly who: string;
  readonly batch?: number | undefined;
  readonly medianMs?: number;
  readonly minMs?: number;
  /** Ours over theirs, of medians and of minima. */
  readonly ratio?: number;
  readonly ratioOfMinima?: number;
  readonly cannot?: string | undefined;
}

async function bench(step: string, peers: readonly Peer[]): Promise<Row[]> {
  const provider = await nodeCpu({ threads: 2 });
  const trainer = new Trainer({ game: steps[step]!(), source, provider, seed: 0, chunk });
  await trainer.advance(chunk);
  const all = new Map<string, Timing[]>([["Ganymede", []]]);
  for (let round = 0; round < rounds; round++) {
    all.get("Ganymede")!.push(await timeOurs(trainer));
    for (const peer of peers) {
      if (round >= peer.options.rounds) continue;
      const known = all.get(peer.name) ?? [];
      all.set(peer.name, [...known, await peer.time(step)]);
    }
  }
  await trainer.dispose();
  const ours = all.get("Ganymede")!.flatMap((t) => t.ms ?? []);
  return [...all].map(([who, timings]): Row => {
    const { cannot, batch } = timings[0]!;
    if (cannot !== undefined) return { step, who, cannot };
    const ms = timings.flatMap((t) => t.ms ?? []);
    const [medianMs, minMs] = [median(ms), sorted(ms)[0]!];
    const same = batch === undefined;
    const ratios = { ratio: median(ours) / medianMs, ratioOfMinima: sorted(ours)[0]! / minMs };
    return { step, who, batch: batch ?? 64, medianMs, minMs, ...(same && ratios) };
  });
}

const peers = startPeers();
const rows: Row[] = [];
for (const step of flags.steps.split(",")) {
  for (const row of await bench(step, peers)) {
    rows.push(row);
    const { who, medianMs, minMs, batch, ratio, ratioOfMinima, cannot } = row;
    const figures = cannot
      ? `cannot run it: ${cannot}`
      : `batch ${batch}  median ${medianMs!.toFixed(1)} ms  min ${minMs!.toFixed(1)} ms${
          ratio ? `  ours/theirs ${ratio.toFixed(2)} (minima ${ratioOfMinima!.toFixed(2)})` : ""
        }`;
    console.log(`${step.padEnd(16)} ${who.padEnd(24)} ${figures}`);
  }
}
const info = await Promise.all(peers.map(async (p) => [p.name, await p.info()] as const));
for (const peer of peers) peer.end();
const file = fileURLToPath(new URL("./results/step.json", import.meta.url));
/** Rows of steps that this run did not time. */
const earlier: Row[] = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as { rows: Row[] }).rows.filter(
      (row) => !flags.steps.split(",").includes(row.step),
    )
  : [];
const record = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  processor: cpus()[0]?.model,
  threads: 2,
  rounds,
  stepsPerRound: count,
  stepsPerCall: chunk,
  peers: Object.fromEntries(info),
  rows: [...earlier, ...rows],
};
writeAtomic(file, `${JSON.stringify(record, null, 2)}\n`);
process.exit(0);

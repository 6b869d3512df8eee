import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import { toFault } from "../app/faults.ts";
import { type OpenRun, openRun } from "../app/sample.ts";
import type { CheckpointChoice } from "../train/checkpoint.ts";
import { listCheckpoints } from "../train/checkpoint.ts";
import { cancelled } from "./cancelled.ts";
import type { Bench, Job } from "./job.ts";
import { catalog } from "./jobs/_catalog.ts";
import type { FromBench, ToBench, ToWork } from "./workshop.ts";

/** The workshop's thread: does jobs in the order in which they came. */
const send = (message: FromBench): void => parentPort!.postMessage(message);

/** Runs that stay open: one is looked at, another compared with it. */
const keptOpen = 2;
const open = new Map<string, Promise<OpenRun>>();

async function opened(path: string, checkpoint?: CheckpointChoice): Promise<OpenRun> {
  const newest = checkpoint ?? listCheckpoints(join(path, "checkpoints")).at(-1);
  const key = `${path} ${newest}`;
  const kept = open.get(key) ?? openRun(path, checkpoint === undefined ? {} : { checkpoint });
  // The one used last is at the end.
  open.delete(key);
  open.set(key, kept);
  kept.catch(() => open.delete(key));
  for (const old of [...open.keys()].slice(0, -keptOpen)) {
    const run = open.get(old);
    open.delete(old);
    if (run) await close(run);
  }
  return kept;
}

/** What was made of each open run, by name. */
const madeOf = new Map<OpenRun, Map<string, Promise<object>>>();

function kept<T extends object>(run: OpenRun, name: string, make: () => Promise<T>): Promise<T> {
  const all = madeOf.get(run) ?? new Map<string, Promise<object>>();
  madeOf.set(run, all);
  // A name stands for one kind of thing.
  const made = (all.get(name) as Promise<T> | undefined) ?? make();
  all.set(name, made);
  made.catch(() => all.delete(name));
  return made;
}

async function close(opening: Promise<OpenRun>): Promise<void> {
  const run = await opening;
  for (const made of madeOf.get(run)?.values() ?? []) {
    const thing = (await made) as { dispose?(): Promise<void> };
    await thing.dispose?.();
  }
  madeOf.delete(run);
  await run.dispose();
}

async function work({ id, job, asked, cancel }: ToWork): Promise<void> {
  const flag = new Int32Array(cancel);
  const bench: Bench = {
    open: opened,
    kept,
    tell: (share, seen) => send({ kind: "told", id, share, seen }),
    get cancelled() {
      return Atomics.load(flag, 0) === 1;
    },
  };
  try {
    if (bench.cancelled) throw cancelled(job);
    const load = (catalog as Record<string, () => Promise<unknown>>)[job]!;
    const run = (await load()) as Job<unknown, unknown>;
    send({ kind: "answer", id, answer: await run(asked, bench) });
  } catch (error) {
    send({ kind: "fault", id, fault: toFault(error) });
  }
}

let queue: Promise<void> = Promise.resolve();
parentPort!.on("message", (message: ToBench) => {
  queue = queue.then(() => (message === "close" ? end() : work(message)));
});

/** The thread ends when nothing is left to hear. */
async function end(): Promise<void> {
  const runs = [...open.values()];
  open.clear();
  // One that could not be opened has told of it.
  await Promise.allSettled(runs.map(close));
  parentPort!.close();
}

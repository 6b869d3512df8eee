import { setTimeout as sleep } from "node:timers/promises";
import { stream } from "../../src/core/random.ts";
import { halves, newest, remains, start, type Trial, writing } from "./runs.ts";

/** What a series of kills did. */
export interface Toll {
  readonly kills: number;
  /** Kills that left a half-written file behind. */
  readonly insideWrites: number;
  /** Runs that were killed until they came to their end. */
  readonly runs: number;
  /** What should not have happened, in words; empty when all went well. */
  readonly faults: readonly string[];
}

/** Longest wait before a kill, in ms, from the moment that training begins. */
const patience = 1500;

/** Every third kill comes as soon as a checkpoint is being written, the others at any moment. */
async function killOnce(trial: Trial, index: number): Promise<string | undefined> {
  const before = newest(trial);
  const [moment, haste] = stream(0, "test/kill", index).uniform(new Float32Array(2));
  const watched = writing(trial);
  const process = start(trial);
  // Now and then before it has read anything.
  if (haste! > 0.1) {
    const from = await process.from;
    if (from >= 0 && from !== before) {
      process.kill();
      return `went on from step ${from}, though step ${before} was saved`;
    }
  }
  const wait = sleep(moment! * patience);
  const cue = index % 3 === 0 ? Promise.race([watched.seen, sleep(2 * patience)]) : wait;
  await Promise.race([cue, process.ended]);
  if (index % 3 === 0) await sleep(4 * moment!);
  process.kill();
  const code = await process.ended;
  watched.stop();
  if (code !== null && code !== 0) return `ended by itself with ${code}: ${process.errors}`;
  const after = newest(trial);
  return after < before ? `step ${before} was saved, and only ${after} is left` : undefined;
}

/**
 * Trains, kills and goes on, run after run, until `kills` are done; each run is then let come to its
 * end and compared, byte for byte, with one that was left alone.
 */
export async function massacre(
  out: string,
  { kills, steps }: { readonly kills: number; readonly steps: number },
  say: (text: string) => void = () => {},
): Promise<Toll> {
  const whole = { out, name: "whole", steps };
  const faults: string[] = [];
  const first = start(whole);
  if ((await first.ended) !== 0) throw new Error(`it does not train at all: ${first.errors}`);
  const broken = new Set<string>();
  let [done, runs] = [0, 0];
  while (done < kills) {
    const trial = { out, name: `killed-${runs++}`, steps };
    while (done < kills && newest(trial) < steps) {
      const fault = await killOnce(trial, done++);
      if (fault) faults.push(`kill ${done}: ${fault}`);
      for (const half of halves(trial)) broken.add(half);
      say(`kill ${done}: step ${newest(trial)} is saved${fault ? `; ${fault}` : ""}`);
    }
    const code = await start(trial).ended;
    if (code !== 0) faults.push(`${trial.name} could not go on: exit ${code}`);
    else faults.push(...differences(whole, trial), ...halves(trial).map((f) => `${f} is left`));
  }
  return { kills: done, insideWrites: broken.size, runs, faults };
}

/** Files of two runs that differ. */
export function differences(whole: Trial, trial: Trial): string[] {
  const [expected, got] = [remains(whole), remains(trial)];
  const names = new Set([...expected.keys(), ...got.keys()]);
  return [...names].flatMap((name) =>
    expected.get(name) === got.get(name) ? [] : [`${trial.name}: ${name} differs`],
  );
}

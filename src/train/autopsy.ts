import { GanymedeError } from "../core/errors.ts";
import { inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import type { Program } from "../engine/program.ts";
import type { Value } from "../engine/run/provider.ts";
import { makeFeeds } from "./feeds.ts";
import { activityAt, nextSegment } from "./plan.ts";
import { type StepProgram, traceTicks } from "./step.ts";
import { isBad, type Seen, type Taps, tap } from "./taps.ts";
import { type Snapshot, Trainer, type TrainerOptions } from "./trainer.ts";

/** Which operator made the first number that is not finite, and from what. */
export interface Blame {
  /** Its result. `name` says operator and place, or the input that was not finite as it was fed. */
  readonly made: Seen;
  /** Its operands, all finite. */
  readonly from: readonly Seen[];
  /** The losses, readings and variables that were not finite in the end. */
  readonly reached: readonly string[];
  /** The tensors of `made` and `from`. */
  readonly tensors: { readonly made: Tensor; readonly from: readonly Tensor[] };
}

/** A tick that went wrong, with all that it takes to run it again. */
export interface Autopsy {
  /** The tick, counted from 1 as in the log. */
  readonly step: number;
  /** The last good state: that of before the tick. */
  readonly before: Snapshot;
  readonly traced: StepProgram;
  readonly feeds: Readonly<Record<string, Value>>;
  /** Undefined when the tick, run with taps, gave finite numbers only. */
  readonly blame: Blame | undefined;
}

/**
 * Finds the first number that was not finite. The ticks of the call that failed are run again one by
 * one from `start`, the state of before it; the tick that fails is run once more with all its
 * intermediate values as outputs. `end` is what the call was given. Undefined when no tick of it fails
 * this time.
 */
export async function autopsy(
  options: TrainerOptions,
  start: Snapshot,
  end: number,
): Promise<Autopsy | undefined> {
  const replay = new Trainer({ ...options, chunk: 1 });
  try {
    replay.restore(start);
    const { game, source, provider, seed, chunk } = options;
    const { round, repeat } = nextSegment(game, start.step, end, chunk);
    const callEnd = start.step + round.length * repeat;
    if (!(await runsIntoIt(replay, callEnd))) return undefined;
    const { step, images } = replay;
    const activities = [activityAt(game, step)];
    const traced = traceTicks(game, replay.variables, source.fields, activities, options);
    const at = { step, images, batch: game.batch, seed };
    const feeds = makeFeeds(traced, source, provider, at, 1);
    for (const leaf of traced.program.inputs) {
      const name = inputName(leaf)!;
      if (!replay.variables.get(name)) continue;
      // The replay's own value goes with it.
      const data = await replay.value(name).data();
      feeds[name] = provider.value(leaf.dtype, leaf.shape, data);
    }
    const before = await replay.snapshot();
    const taps = await tap(traced.program, feeds, provider);
    return { step: step + 1, before, traced, feeds, blame: blameOf(traced, taps) };
  } finally {
    await replay.dispose();
  }
}

/** Whether one of the ticks up to `end` fails; the state is then that of before it. */
async function runsIntoIt(replay: Trainer, end: number): Promise<boolean> {
  try {
    while (replay.step < end) await replay.advance(replay.step + 1);
    return false;
  } catch (error) {
    if (error instanceof GanymedeError && error.code === "NON_FINITE") return true;
    throw error;
  }
}

/**
 * Walks back from what was not finite in the end, through operands that were not, to operators whose
 * operands all were: the one traced first is to blame. Infinities that led nowhere are not met.
 */
function blameOf(traced: StepProgram, taps: Taps): Blame | undefined {
  const { outputs }: Program = traced.program;
  const bad = (t: Tensor): boolean => {
    const seen = taps.get(t);
    return seen !== undefined && isBad(seen);
  };
  const met = new Set(Object.values(outputs).filter(bad));
  for (const t of met) for (const input of t.inputs) if (bad(input)) met.add(input);
  const origins = [...met].filter((t) => !t.inputs.some(bad)).sort((a, b) => a.id - b.id);
  const first = origins[0];
  if (!first) return undefined;
  const from = first.inputs.filter((t) => taps.has(t));
  return {
    made: taps.get(first)!,
    from: from.map((t) => taps.get(t)!),
    reached: [...badReadings(traced, bad), ...badVariables(traced, bad)],
    tensors: { made: first, from },
  };
}

/** The output `readings` joins one tensor for each. */
function badReadings({ program, readings }: StepProgram, bad: (t: Tensor) => boolean): string[] {
  const joined = program.outputs.readings!;
  const names = readings.flat();
  if (joined.inputs.length !== names.length) return [];
  return names.flatMap(({ name }, i) => (bad(joined.inputs[i]!) ? [name] : []));
}

const badVariables = ({ program, carried }: StepProgram, bad: (t: Tensor) => boolean): string[] =>
  Object.entries(carried).flatMap(([name, output]) =>
    bad(program.outputs[output]!) ? [name] : [],
  );

import { type Appraisal, appraise } from "../app/appraise.ts";
import { loadSystem } from "../app/config.ts";
import type { TrainOutcome, TrainRequest } from "../app/run-training.ts";
import { openRun } from "../app/sample.ts";
import { startTraining } from "../app/train.ts";
import { GanymedeError } from "../core/errors.ts";
import type { Call } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";
import { TrainReport } from "./train-report.ts";

/** Trains and tells how it goes, as the command line wants to be told. The exit code. */
export async function tellTraining(
  { options, terminal }: Call,
  request: TrainRequest,
): Promise<number> {
  const system = await loadSystem(request.config.system);
  if (options.json) return trainUntil(terminal, request, jsonTeller(terminal));
  return trainUntil(terminal, request, new TrainReport(terminal, request, system.about));
}

interface Teller {
  hear: TrainReport["hear"];
  close(outcome: TrainOutcome, appraisal: Appraisal | undefined): void;
}

const jsonTeller = (terminal: Terminal): Teller => ({
  hear: (event) => terminal.out(JSON.stringify(event)),
  close: (outcome, appraisal) =>
    terminal.out(JSON.stringify({ kind: "done", ...outcome, ...(appraisal && { appraisal }) })),
});

/** What the finished run's samples are worth, where something can judge them: it must not fail here. */
async function judged(runPath: string): Promise<Appraisal | undefined> {
  const run = await openRun(runPath);
  try {
    return await appraise(run);
  } catch (error) {
    if (error instanceof GanymedeError) return undefined;
    throw error;
  } finally {
    await run.dispose();
  }
}

/** Milliseconds in which a second signal is the first one again, passed on by npm or a shell. */
const echo = 300;

/** Trains to the end, or to the first Ctrl-C; the second one ends the process. */
async function trainUntil(
  terminal: Terminal,
  request: TrainRequest,
  teller: Teller,
): Promise<number> {
  const training = startTraining({ ...request, onEvent: (event) => teller.hear(event) });
  let askedAt: number | undefined;
  const forget = terminal.onInterrupt((signal) => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt < echo) return;
      forget();
      process.kill(process.pid, signal);
    }
    askedAt = performance.now();
    terminal.err("saving a checkpoint; Ctrl-C again quits at once");
    training.stop();
  });
  try {
    const outcome = await training.done;
    forget();
    const isStopped = outcome.why === "stopped";
    teller.close(outcome, isStopped ? undefined : await judged(request.runPath));
    return isStopped ? exitCodes.interrupted : exitCodes.ok;
  } finally {
    forget();
  }
}

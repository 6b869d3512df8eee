import { type Appraisal, appraise } from "../../app/appraise.ts";
import { loadSystem } from "../../app/config.ts";
import type { TrainOutcome, TrainRequest } from "../../app/run-training.ts";
import { openRun } from "../../app/sample.ts";
import { startTraining } from "../../app/train.ts";
import { GanymedeError } from "../../core/errors.ts";
import type { Command } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { planTraining } from "../train-plan.ts";
import { TrainReport } from "../train-report.ts";

const options = [
  ["--data <source>", "what to learn; see `ganymede data`"],
  ["--preset <name>", "a named set of options; see `ganymede systems <system>`"],
  ["--steps <n>", "steps in all"],
  ["--seed <n>", "seeds weights, data order and noise (default: 0)"],
  ["--name <run>", "the run's name (default: <system>-001, -002, …)"],
  ["--out <folder>", "where runs are kept (default: runs)"],
  ["--resume [run]", "go on with a run: the latest one of the system if none is named"],
  ["--minutes <n>", "end after this time, whatever is left of the steps"],
  ["--threads <n>", "threads of one operator (default: all cores)"],
  ["--chunk <n>", "steps per call of the runtime; does not change the result"],
  ["--metrics <names>", "scores to take on the way, as fid,pr; see `ganymede evaluate --help`"],
  ["--metrics-every <n>", "at every how many images (default: 20000)"],
  ["--metrics-samples <n>", "of how many samples (default: 2000)"],
  ["--on-nonfinite <what>", "stop (default), or rollback[,factor,times] as rollback,0.5,3"],
  ["--rate-scale <f>", "with --resume: go back to the last good checkpoint, rates times this"],
  ["--json", "events as JSON, one a line"],
] as const;

export const train: Command = {
  about: "train a system",
  arguments: "<system>",
  options,
  open: true,
  examples: [
    "train dcgan --preset first-light",
    "train dcgan --width 32 --data.side 16 --steps 5000",
  ],
  more: `Every option of a system is a flag too: see \`ganymede systems dcgan\`.
Those of the data begin with --data. : see \`ganymede data mnist\`.`,
  async run(call) {
    const request = await planTraining(call, options);
    const system = await loadSystem(request.config.system);
    const { terminal } = call;
    if (call.options.json) return trainUntil(terminal, request, jsonTeller(terminal));
    return trainUntil(terminal, request, new TrainReport(terminal, request, system.about));
  },
};

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
    teller.close(outcome, outcome.interrupted ? undefined : await judged(request.runPath));
    return outcome.interrupted ? 130 : 0;
  } finally {
    forget();
  }
}

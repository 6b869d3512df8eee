import { join } from "node:path";
import { type Appraisal, appraise } from "../../app/appraise.ts";
import {
  type Asked,
  loadSource,
  loadSystem,
  type RunConfig,
  resolveConfig,
} from "../../app/config.ts";
import { resumeConfig } from "../../app/resume.ts";
import { findRun, latestRun, nextRunName } from "../../app/run-names.ts";
import type { TrainOutcome, TrainRequest } from "../../app/run-training.ts";
import { openRun } from "../../app/sample.ts";
import { startTraining } from "../../app/train.ts";
import { GanymedeError } from "../../core/errors.ts";
import { RunFolder } from "../../train/run-folder.ts";
import type { Call, Command } from "../command.ts";
import { camel, readFlags, readText, unknownFlag, wholeNumber } from "../flags.ts";
import type { Terminal } from "../terminal.ts";
import { TrainReport } from "../train-report.ts";

const options = [
  ["--data <source>", "what to learn; see `ganymede data`"],
  ["--preset <name>", "a named set of options; see `ganymede systems <system>`"],
  ["--steps <n>", "steps in all"],
  ["--seed <n>", "seeds weights, data order and noise (default: 0)"],
  ["--name <run>", "the run's name (default: <system>-001, -002, …)"],
  ["--out <folder>", "where runs are kept (default: runs)"],
  ["--resume [run]", "go on with a run: the latest one of the system if none is named"],
  ["--threads <n>", "threads of one operator (default: all cores)"],
  ["--chunk <n>", "steps per call of the runtime; does not change the result"],
  ["--json", "events as JSON, one a line"],
] as const;

export const train: Command = {
  about: "train a system",
  arguments: "<system>",
  options,
  open: true,
  more: `Every option of a system is a flag too: see \`ganymede systems dcgan\`. Those of the data
begin with --data. : see \`ganymede data mnist\`.
  ganymede train dcgan --preset first-light
  ganymede train dcgan --width 32 --generator-rate 1e-4 --data.side 32 --steps 5000`,
  async run(call) {
    const asked = await readAsked(call);
    const request = await plan(call, asked);
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

/** What the finished run's samples are worth, where something can judge them. */
async function judged(runPath: string): Promise<Appraisal | undefined> {
  const run = await openRun(runPath);
  const appraisal = await appraise(run);
  await run.dispose();
  return appraisal;
}

/** Trains to the end, or to the first Ctrl-C; the second one ends the process. */
async function trainUntil(
  terminal: Terminal,
  request: TrainRequest,
  teller: Teller,
): Promise<number> {
  const training = startTraining({ ...request, onEvent: (event) => teller.hear(event) });
  let stopping = false;
  const forget = terminal.onInterrupt((signal) => {
    if (stopping) {
      forget();
      process.kill(process.pid, signal);
    }
    stopping = true;
    terminal.err("saving a checkpoint; Ctrl-C again quits at once");
    training.stop();
  });
  try {
    const outcome = await training.done;
    teller.close(outcome, outcome.interrupted ? undefined : await judged(request.runPath));
    return outcome.interrupted ? 130 : 0;
  } finally {
    forget();
  }
}

/** Sorts flags into what the run, the system and the data source are asked for. */
async function readAsked({ args, options: given, rest }: Call): Promise<Asked> {
  const system = await loadSystem(args[0]!);
  const data = given.data as string | undefined;
  const source = await loadSource(data ?? system.data);
  const options: Record<string, unknown> = {};
  const dataOptions: Record<string, unknown> = {};
  for (const [name, text] of readFlags(rest)) {
    const key = name.startsWith("data.") ? name.slice(5) : undefined;
    if (key !== undefined && Object.hasOwn(source.options, key)) {
      dataOptions[key] = readText(source.options[key]!, text);
    } else if (Object.hasOwn(system.options, name)) {
      options[name] = readText(system.options[name]!, text);
    } else {
      unknownFlag(`train ${system.id}`, name, [
        ...Object.keys(system.options),
        ...Object.keys(source.options).map((k) => `data.${k}`),
        ...train.options.map(([flags]) => camel(flags.split(" ")[0]!.slice(2))),
      ]);
    }
  }
  return {
    system: system.id,
    data,
    options,
    dataOptions,
    preset: given.preset as string | undefined,
    steps: wholeNumber("--steps", given.steps, 1),
    seed: wholeNumber("--seed", given.seed, 0),
    threads: wholeNumber("--threads", given.threads, 1),
    chunk: wholeNumber("--chunk", given.chunk, 1),
  };
}

async function plan({ options: given }: Call, asked: Asked): Promise<TrainRequest> {
  const { resume, name } = given;
  const out = String(given.out ?? "runs");
  if (resume === undefined) {
    const { config } = await resolveConfig(asked);
    const runPath = join(out, name === undefined ? nextRunName(out, asked.system) : String(name));
    return { config, runPath, resume: false };
  }
  const wanted = resume === true ? name : resume;
  const runPath =
    wanted === undefined ? latestRun(out, asked.system) : findRun(out, String(wanted));
  const stored = RunFolder.open(runPath).readConfig() as RunConfig;
  requireConfig(runPath, stored);
  return { config: await resumeConfig(runPath, stored, asked), runPath, resume: true };
}

/** Throws `RUN_CORRUPT` for a run.json that is JSON, but not of a run. */
function requireConfig(runPath: string, config: Partial<RunConfig> | null): void {
  const missing = (["system", "options", "data", "fields", "seed", "steps"] as const).find(
    (key) => config?.[key] === undefined,
  );
  if (missing === undefined) return;
  throw new GanymedeError("RUN_CORRUPT", {
    where: join(runPath, "run.json"),
    expected: "a run's configuration",
    got: `one without ${missing}`,
    fix: "restore it from a copy, or start a new run",
  });
}

import { join } from "node:path";
import { type Asked, loadData, loadSystem, type RunConfig, resolveConfig } from "../app/config.ts";
import { requireMetrics } from "../app/instruments.ts";
import { resumeConfig } from "../app/resume.ts";
import { findRun, latestRun, nextRunName } from "../app/run-names.ts";
import type { TrainRequest } from "../app/run-training.ts";
import { GanymedeError } from "../core/errors.ts";
import { RunFolder } from "../train/run-folder.ts";
import type { Call, Command } from "./command.ts";
import { camel, positiveNumber, readFlags, readText, unknownFlag, wholeNumber } from "./flags.ts";
import { openingOn } from "./opening.ts";

/** Sorts flags into what the run, the system and the data source are asked for. */
async function readAsked(
  { args, options: given, rest }: Call,
  own: Command["options"],
): Promise<Asked> {
  const system = await loadSystem(args[0]!);
  const data = given.data as string | undefined;
  const preset = system.presets?.[String(given.preset)];
  const { definition: source } = await loadData(data ?? preset?.data?.source ?? system.data);
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
        ...own.map(([flags]) => camel(flags.split(" ")[0]!.slice(2))),
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
    minutes: wholeNumber("--minutes", given.minutes, 1),
    chunk: wholeNumber("--chunk", given.chunk, 1),
    measure: readMeasure(given),
    onNonFinite: readOnNonFinite(given.onNonfinite),
  };
}

/** Images from one measurement to the next where nobody says. */
const usualEvery = 20_000;

function readMeasure(given: Call["options"]): Asked["measure"] {
  const { metrics, metricsEvery, metricsSamples } = given;
  if (metrics === undefined) return undefined;
  const names = String(metrics).split(",").filter(Boolean);
  requireMetrics(names);
  return {
    metrics: names,
    everyImages: wholeNumber("--metrics-every", metricsEvery, 1) ?? usualEvery,
    samples: wholeNumber("--metrics-samples", metricsSamples, 2) ?? 2000,
  };
}

/** `stop`, or `rollback`, a factor and how often at most: `rollback,0.5,3`. Throws `OPTION`. */
function readOnNonFinite(text: unknown): Asked["onNonFinite"] {
  if (text === undefined || text === "stop") return text;
  const [word, factor = "0.5", limit = "3", ...more] = String(text).split(",");
  const rollback = { factor: Number(factor), limit: Number(limit) };
  const sound = rollback.factor > 0 && rollback.factor <= 1 && rollback.limit >= 1;
  if (word === "rollback" && more.length === 0 && sound && Number.isInteger(rollback.limit)) {
    return rollback;
  }
  throw new GanymedeError("OPTION", {
    where: "--on-nonfinite",
    expected: "stop, or rollback with a factor in (0, 1] and a number of times: rollback,0.5,3",
    got: String(text),
    fix: "correct the value",
  });
}

/**
 * The training that a command line asks for: a new run, or one that goes on. `own` are the options of
 * the command, beside those of system and data. Throws `UNKNOWN_*`, `OPTION`, `NO_RUN`,
 * `CHECKPOINT_MISMATCH` or what the data source throws.
 */
export async function planTraining(call: Call, own: Command["options"]): Promise<TrainRequest> {
  const asked = await readAsked(call, own);
  const given = call.options;
  const { resume, name } = given;
  const rateScale = positiveNumber("--rate-scale", given.rateScale);
  const out = String(given.out ?? "runs");
  if (resume === undefined) {
    if (rateScale !== undefined) throw needsResume();
    const { config } = await resolveConfig(asked, openingOn(call.terminal));
    const runPath = join(out, name === undefined ? nextRunName(out, asked.system) : String(name));
    return { config, runPath, resume: false };
  }
  const wanted = resume === true ? name : resume;
  const runPath =
    wanted === undefined ? latestRun(out, asked.system) : findRun(out, String(wanted));
  const stored = RunFolder.open(runPath).readConfig() as RunConfig;
  requireConfig(runPath, stored);
  const config = await resumeConfig(runPath, stored, asked);
  return { config, runPath, resume: true, ...(rateScale !== undefined && { rateScale }) };
}

const needsResume = (): GanymedeError =>
  new GanymedeError("OPTION", {
    where: "--rate-scale",
    expected: "a run to go on with",
    got: "a new run",
    fix: "add --resume <run>, or choose the new run's rates by its options",
  });

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

import type { AskedSettings } from "../app/run-config.ts";
import { GanymedeError } from "../core/errors.ts";
import { deviceChoices } from "../engine/run/device-names.ts";
import type { Call, Command } from "./command.ts";
import { camel, deviceOption, oneOf, threadsOption, wholeNumber } from "./flags.ts";

/** Settings of a training as flags, for new runs and for those that go on. */
export const settingFlags = [
  ["--steps <n>", "steps in all"],
  ["--minutes <n>", "end after this time, whatever is left of the steps"],
  ["--precision <kind>", "f16: mixed precision, on devices with float16 (default: f32)"],
  threadsOption,
  deviceOption,
  ["--chunk <n>", "steps per call of the runtime; no other results"],
  ["--metrics <names>", "scores to take on the way, as fid,pr"],
  ["--metrics-every <n>", "at every how many images (default: 20000)"],
  ["--metrics-samples <n>", "of how many samples (default: 2000)"],
  ["--keep-best <metric>", "keep the checkpoint that scores best"],
  ["--patience <n>", "end after so many scores without a better one"],
  ["--checkpoint-every <n>", "steps between checkpoints (default: a tenth of all)"],
  ["--keep <n>", "how many of the newest checkpoints stay (default: 2)"],
  ["--keep-every <n>", "a checkpoint of each n steps stays for good"],
  ["--on-nonfinite <what>", "stop (default) or rollback[,factor,times]"],
  ["--no-health", "do not look for collapse, copies and the like"],
  ["--tensorboard", "write event files for TensorBoard too"],
  ["--json", "events as JSON, one a line"],
] as const satisfies Command["options"];

/** Throws `OPTION`. */
export function readSettings(given: Call["options"]): AskedSettings {
  const whole = (flag: string, min = 1) => wholeNumber(`--${flag}`, given[camel(flag)], min);
  const { metrics, keepBest } = given;
  return {
    steps: whole("steps"),
    minutes: whole("minutes"),
    threads: whole("threads"),
    precision: given.precision as AskedSettings["precision"],
    device: oneOf("--device", given.device, deviceChoices),
    chunk: whole("chunk"),
    measure: defined({
      metrics: metrics === undefined ? undefined : String(metrics).split(",").filter(Boolean),
      everyImages: whole("metrics-every"),
      samples: whole("metrics-samples", 2),
    }),
    best: defined({
      metric: keepBest as string | undefined,
      patience: whole("patience"),
    }) as AskedSettings["best"],
    checkpoints: defined({
      everySteps: whole("checkpoint-every"),
      last: whole("keep"),
      keepEverySteps: whole("keep-every"),
    }),
    onNonFinite: readOnNonFinite(given.onNonfinite),
    health: given.health === false ? false : undefined,
    tensorboard: given.tensorboard === true ? true : undefined,
  };
}

/** `stop`, or `rollback`, a factor and how often at most: `rollback,0.5,3`. Throws `OPTION`. */
function readOnNonFinite(text: unknown): AskedSettings["onNonFinite"] {
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

/** Without what is undefined; undefined where nothing is left. */
function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as never);
}

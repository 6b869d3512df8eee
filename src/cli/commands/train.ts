import type { Command } from "../command.ts";
import { tellPlan } from "../dry-run.ts";
import { planTraining } from "../train-plan.ts";
import { tellTraining } from "../training.ts";
import { settingFlags } from "../training-flags.ts";

const options = [
  ["--data <source>", "what to learn; see `ganymede data`"],
  ["--preset <name>", "a named set of options; see `ganymede systems`"],
  ["--config <file>", "a YAML or JSON file of settings; flags win over it"],
  ["--from <run>", "repeat a run bit for bit, but for what flags change"],
  ["--dry-run", "print the configuration and its cost; write nothing"],
  ["--seed <n>", "seeds weights, data order and noise (default: 0)"],
  ["--name <run>", "the run's name (default: <system>-001, -002, …)"],
  ["--out <folder>", "where runs are kept (default: runs)"],
  ...settingFlags,
] as const;

export const train: Command = {
  about: "train a system",
  arguments: "[system]",
  options,
  open: true,
  examples: [
    "train dcgan --preset first-light",
    "train dcgan --width 32 --data.side 16 --steps 5000",
    "train --config digits.yaml --seed 7",
  ],
  more:
    "Options of the system are flags too (ganymede systems dcgan), and those of the data, as " +
    "--data.side (ganymede data mnist). Go on with a run: ganymede resume.",
  async run(call) {
    const { request, source } = await planTraining(call, options);
    if (call.options.dryRun) return tellPlan(call, request.config, source);
    return tellTraining(call, request);
  },
};

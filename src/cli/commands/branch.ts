import type { Command } from "../command.ts";
import { checkpointOption } from "../flags.ts";
import { planBranch } from "../train-plan.ts";
import { tellTraining } from "../training.ts";
import { settingFlags } from "../training-flags.ts";

const options = [
  checkpointOption,
  ["--name <run>", "the new run's name (default: <system>-001, -002, …)"],
  ["--out <folder>", "where runs are kept (default: runs)"],
  ["--rate-scale <f>", "learning rates times this from there on"],
  ["--data <name>", "fine-tune on these: a name of data, or a path"],
  ["--freeze <what>", "hold D's first layers: how many, or parts: trunk.down0,…"],
  ...settingFlags,
] as const;

export const branch: Command = {
  about: "train on from a checkpoint of a run, in a new run",
  arguments: "<run>",
  options,
  open: true,
  examples: [
    "branch dcgan-001 --checkpoint best --rate-scale 0.5 --name tuned",
    "branch dcgan-001 --data ./few --freeze 2 --steps 20000",
  ],
  more:
    "The run stays as it is; the new one has its log up to the checkpoint. With nothing changed it " +
    "becomes what the run became, bit for bit. --freeze 0 lets all learn again.",
  async run(call) {
    return tellTraining(call, await planBranch(call, options));
  },
};

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
  ["--data <name>", "other data of the same form, or a path to some: fine-tunes on them"],
  [
    "--freeze <what>",
    "so many first layers of the discriminator, or parts as trunk.down0,trunk.down1",
  ],
  ...settingFlags,
] as const;

export const branch: Command = {
  about: "train on from a checkpoint of a run, in a new run",
  arguments: "<run>",
  options,
  open: true,
  examples: [
    "branch dcgan-001 --checkpoint 4000 --rate-scale 0.5",
    "branch dcgan-001 --checkpoint best --name tuned --steps 20000",
    "branch dcgan-001 --data ./few --freeze 2 --name transferred --steps 20000",
  ],
  more:
    "The run itself stays as it is; the new one has what was logged up to the checkpoint. Unless " +
    "something is changed it becomes what the run became, bit for bit. What may change is what " +
    "may when a run is resumed, and the data. --freeze 0 lets all learn again.",
  async run(call) {
    return tellTraining(call, await planBranch(call, options));
  },
};

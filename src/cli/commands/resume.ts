import type { Command } from "../command.ts";
import { planResume } from "../train-plan.ts";
import { tellTraining } from "../training.ts";
import { settingFlags } from "../training-flags.ts";

const options = [
  ["--out <folder>", "where runs are kept (default: runs)"],
  ["--rate-scale <f>", "go back to the last good checkpoint, learning rates times this"],
  ...settingFlags,
] as const;

export const resume: Command = {
  about: "go on with a run that was stopped or killed, or for longer",
  arguments: "[run]",
  options,
  open: true,
  examples: ["resume", "resume runs/dcgan-001 --steps 20000", "resume runs/dcgan-001 --batch 128"],
  more:
    "Takes up the newest checkpoint of the run, of the latest run where none is named. What was " +
    "trained at once and what was resumed are the same bit for bit. Of the model's own options " +
    "only --batch may change: the run then goes on at the image where it was.",
  async run(call) {
    return tellTraining(call, await planResume(call, options));
  },
};

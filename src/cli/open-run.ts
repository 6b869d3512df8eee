import { findRun } from "../app/run-names.ts";
import { type OpenRun, openRun } from "../app/sample.ts";
import type { Call, Command } from "./command.ts";
import {
  checkpointOption,
  deviceOption,
  readCheckpoint,
  readDevice,
  threadsOption,
} from "./flags.ts";

/** Options of every command that uses a trained run. */
export const runOptions: Command["options"] = [
  checkpointOption,
  threadsOption,
  deviceOption,
  ["--json", "the result as JSON"],
];

/** A command on the run that its first argument names: opened before, closed after, whatever happens. */
export const openedRun =
  (use: (call: Call & { readonly run: OpenRun }) => Promise<void>): Command["run"] =>
  async (call) => {
    const run = await openRun(findRun("runs", call.args[0]!), {
      ...readDevice(call.options),
      ...readCheckpoint(call.options.checkpoint),
    });
    try {
      await use({ ...call, run });
    } finally {
      await run.dispose();
    }
    return 0;
  };

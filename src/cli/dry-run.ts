import type { RunConfig } from "../app/config.ts";
import { fileOf } from "../app/config-file.ts";
import { type Preview, previewTraining } from "../app/preview.ts";
import type { Source } from "../data/source.ts";
import type { Call } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import { bytes, clock, grouped, table } from "./text.ts";

/** Prints a configuration as a file of it, with what it costs as comments: `train --dry-run`. */
export async function tellPlan(
  { options, terminal }: Pick<Call, "options" | "terminal">,
  config: RunConfig,
  source: Source,
): Promise<number> {
  const preview = await previewTraining(config, source);
  if (options.json) {
    terminal.out(JSON.stringify({ config, preview }, null, 2));
    return exitCodes.ok;
  }
  const { stringify } = await import("yaml");
  terminal.out(stringify(fileOf(config)).trimEnd());
  const rows = table(costRows(preview, config), terminal.columns - 2);
  terminal.out(`\n${rows.replace(/^/gm, "#")}`);
  return exitCodes.ok;
}

function costRows({ nets, graphs, memory, time }: Preview, { steps }: RunConfig): string[][] {
  const all = nets.reduce((sum, { parameters }) => sum + parameters, 0);
  const { stateBytes, workingBytes = 0, predictedBytes, processBytes } = memory;
  const parts = `${bytes(stateBytes)} of weights and optimisers, ${bytes(workingBytes)} within a step`;
  const pace = `${(1000 * time.secondsPerStep).toPrecision(3)} ms a step`;
  return [
    ...nets.map(({ name, parameters }) => [`net ${name}`, `${grouped(parameters)} parameters`]),
    ["nets", `${grouped(all)} parameters in all`],
    ...graphs.map(({ steps: each, nodes }) => [
      "step graph",
      `${grouped(nodes)} operators; ${grouped(each)} ${each === 1 ? "step" : "steps"} a call`,
    ]),
    [
      "memory",
      `${predictedBytes ? `predicted for the whole process: ${bytes(predictedBytes)} (${parts}); ` : ""}` +
        `measured after ${grouped(time.stepsTimed)} steps: ${bytes(processBytes)}`,
    ],
    [
      "time",
      `${clock(time.seconds)} for ${grouped(steps)} steps, without pictures and metrics: ${pace}, ` +
        `timed over ${grouped(time.stepsTimed)} real steps after as many to warm up`,
    ],
  ];
}

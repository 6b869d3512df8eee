import { healthOf, type RunHealth } from "../../app/health.ts";
import { type Reproduced, reproduce } from "../../app/reproduction.ts";
import { findRun } from "../../app/run-names.ts";
import { GanymedeError } from "../../core/errors.ts";
import { healthyText } from "../../core/healthy.ts";
import { nodeCpu } from "../../engine/run/node-cpu.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Terminal } from "../terminal.ts";
import { grouped, table } from "../text.ts";

export const health: Command = {
  about: "what went wrong in a run and what to try: collapse, copies, non-finite numbers",
  arguments: "<run>",
  options: [
    ["--replay", "run the last step that was not finite again, and say whether it still is"],
    ["--json", "the result as JSON"],
  ],
  examples: ["health runs/dcgan-001", "health runs/dcgan-001 --replay"],
  more: `Every picture of a training comes with a look at its health, kept in <run>/health.jsonl; what the
readings are is in <run>/readings.json. Exit code 1 when a replayed step is finite this time.`,
  async run({ args, options, terminal }) {
    const found = healthOf(findRun("runs", args[0]!));
    if (options.replay) return replay(found, options.json === true, terminal);
    if (options.json) terminal.out(JSON.stringify(found));
    else report(found, terminal);
    return exitCodes.ok;
  },
};

function report({ run, readings, looks, failures, rateCuts }: RunHealth, terminal: Terminal) {
  const { colours, columns } = terminal;
  const last = looks.at(-1);
  terminal.out(colours.bold(last ? `${run}, step ${grouped(last.step)}` : run));
  const rows = readings.map(({ name, value, unit = "", healthy = {}, side }) => [
    side === "inside" ? name : `${name} (${side})`,
    value === undefined ? "" : String(Number(value.toPrecision(4))),
    unit,
    `healthy: ${healthyText(healthy)}`,
  ]);
  if (rows.length > 0) terminal.out(table(rows, columns));
  const gauges = Object.entries(last?.gauges ?? {}).filter(([name]) => !name.includes(" "));
  const shown = gauges.map(([name, v]) => `${name} ${Number(v.toPrecision(3))}`);
  if (shown.length > 0) terminal.out(`  ${shown.join("  ")}`);
  for (const { folder, report: failure } of failures) {
    terminal.out(colours.red(`step ${grouped(failure.step)} was not finite.`));
    terminal.out(table([[failure.text], [`all that runs it again: ${folder}`]], columns));
  }
  for (const { from, factor, failedAt } of rateCuts) {
    const why = failedAt === undefined ? "as asked" : `after step ${grouped(failedAt)}`;
    terminal.out(`  from step ${grouped(from)} on ${factor} of the learning rates, ${why}`);
  }
  for (const { detector, text, tryNext } of last?.alarms ?? []) {
    terminal.out(`${colours.yellow(`${detector}:`)} ${text}`);
    for (const hint of tryNext) terminal.out(`  try: ${hint}`);
  }
  if (last && last.alarms.length === 0) terminal.out("nothing wrong at the last look");
  if (!last) terminal.out("no look at its health yet: train it for longer, without --no-health");
}

async function replay({ run, failures }: RunHealth, json: boolean, terminal: Terminal) {
  const folder = failures.at(-1)?.folder;
  if (folder === undefined) {
    throw new GanymedeError("NO_REPRODUCTION", {
      where: run,
      expected: "a step that was not finite",
      got: "a run without one",
      fix: "there is nothing to run again",
    });
  }
  const result: Reproduced = await reproduce(folder, await nodeCpu());
  const { report: failure, bad, reproduced } = result;
  if (json) terminal.out(JSON.stringify({ folder, bad, reproduced, report: failure }));
  else {
    terminal.out(reproduced ? "not finite again:" : "finite this time:");
    terminal.out(table([[failure.text], [`not finite: ${bad.join(", ") || "nothing"}`]], 100));
  }
  return reproduced ? exitCodes.ok : exitCodes.failure;
}

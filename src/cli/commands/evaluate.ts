import { type Evaluation, evaluate as evaluateRun, keepEvaluation } from "../../app/evaluate.ts";
import { metricGroups, metricIds } from "../../app/instruments.ts";
import { findRun } from "../../app/run-names.ts";
import { openRun } from "../../app/sample.ts";
import type { Command } from "../command.ts";
import {
  checkpointOption,
  deviceOption,
  readCheckpoint,
  readDevice,
  threadsOption,
  wholeNumber,
} from "../flags.ts";
import type { Terminal } from "../terminal.ts";
import { bytes, table } from "../text.ts";

export const evaluate: Command = {
  about: "measure how good a trained run is, and say so in plain words",
  arguments: "<run>",
  options: [
    ["--metrics <names>", "which, as fid,kid,pr (default: those that fit the data)"],
    ["-n, --samples <n>", "samples to make (default: 5000)"],
    ["--reference <n>", "items of the data to compare them with (default: 10000)"],
    ["--seed <n>", "seeds the samples and every random choice (default: 0)"],
    ["--extractor <id>", "the net that looks at images: an id, or the path of a record"],
    ["--extractor-file <file>", "its ONNX model, where it is not beside its record"],
    checkpointOption,
    threadsOption,
    deviceOption,
    ["--json", "the result as JSON"],
  ],
  examples: ["evaluate runs/dcgan-001", "evaluate runs/dcgan-001 --metrics fid,pr --samples 2000"],
  more: `Metrics: ${metricIds().join(", ")}.
Short names: ${Object.entries(metricGroups)
    .map(([name, ids]) => `${name} = ${ids.join(" + ")}`)
    .join("; ")}.
Results are added to <run>/scores.jsonl. Scores by nets that come with Ganymede are not comparable
with published ones; scores of different extractors or sample counts not with each other.`,
  async run({ args, options, terminal }) {
    const { metrics, extractor, extractorFile } = options;
    const asked = {
      metrics: metrics === undefined ? undefined : String(metrics).split(",").filter(Boolean),
      samples: wholeNumber("--samples", options.samples, 2) ?? 5000,
      reference: wholeNumber("--reference", options.reference, 2) ?? 10_000,
      seed: wholeNumber("--seed", options.seed, 0) ?? 0,
      extractor: extractor as string | undefined,
      extractorFile: extractorFile as string | undefined,
      onDownload: (done: number, total: number | undefined) =>
        terminal.live(`downloading: ${bytes(done)}${total ? ` of ${bytes(total)}` : ""}`),
    };
    const run = await openRun(findRun("runs", args[0]!), {
      ...readDevice(options),
      ...readCheckpoint(options.checkpoint),
    });
    try {
      const evaluation = await evaluateRun(run, asked);
      const file = keepEvaluation(evaluation);
      if (options.json) terminal.out(JSON.stringify({ ...evaluation, file }));
      else report(evaluation, file, terminal);
    } finally {
      await run.dispose();
    }
    return 0;
  },
};

function report(evaluation: Evaluation, file: string, terminal: Terminal): void {
  const { scores, silent, verdict, run, step } = evaluation;
  const { colours } = terminal;
  const samples = scores[0]?.samples;
  const counts = samples ? `${samples.fake} samples against ${samples.real} of the data` : "";
  terminal.out(`${colours.bold(`${run}, step ${step}`)}: ${counts}`);
  const rows = scores.map(({ metric, value, standardError, interval, extractor, seconds }) => {
    const spread = interval
      ? `${brief(interval[0])} to ${brief(interval[1])}`
      : standardError === undefined
        ? ""
        : `± ${brief(standardError)}`;
    const by = extractor ? `by ${extractor.id}` : "";
    return [metric, brief(value), spread, `${by} ${seconds.toFixed(1)} s`.trim()];
  });
  terminal.out(table(rows, terminal.columns));
  for (const { metric, warnings = [] } of scores) {
    for (const warning of warnings) terminal.out(`  ${colours.dim(`${metric}: ${warning}`)}`);
  }
  for (const { metric, why } of silent) terminal.out(`  ${metric}: not measured. ${why}`);
  terminal.out(colours.bold(verdict.text));
  for (const hint of verdict.tryNext) terminal.out(`  try: ${hint}`);
  terminal.out(`kept in ${file}`);
}

const brief = (v: number): string => String(Number(v.toPrecision(4)));

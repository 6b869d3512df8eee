import { exportGenerator } from "../../app/export.ts";
import { findRun } from "../../app/run-names.ts";
import { openRun } from "../../app/sample.ts";
import type { Command } from "../command.ts";
import { checkpointOption, readCheckpoint } from "../flags.ts";
import { bytes, table } from "../text.ts";

const exportRun: Command = {
  about: "write a run's generator as one ONNX file, and check it",
  arguments: "<run>",
  options: [
    ["--out <file>", "the file to write (default: <run>/generator.onnx)"],
    checkpointOption,
    ["--json", "the result as JSON"],
  ],
  examples: ["export runs/dcgan-001", "export runs/dcgan-001 --out digits.onnx"],
  async run({ args, options, terminal }) {
    const run = await openRun(findRun("runs", args[0]!), readCheckpoint(options.checkpoint));
    const out = options.out === undefined ? undefined : String(options.out);
    const result = await exportGenerator(run, out);
    await run.dispose();
    if (options.json) {
      terminal.out(JSON.stringify(result));
      return 0;
    }
    const { file, bytes: size, maxDifference, dynamicBatch, note } = result;
    const rows = [
      ["size", `${bytes(size)}, weights inside`],
      ["items", dynamicBatch ? "any number at once" : (note ?? "one at a time")],
      ["checked", `loaded alone: ${maxDifference.toExponential(1)} at most from the run's samples`],
    ];
    terminal.out(`${terminal.colours.bold(file)}\n${table(rows, terminal.columns)}`);
    return 0;
  },
};

export { exportRun as export };

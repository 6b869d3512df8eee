import { type Exported, exportGenerator } from "../../app/export.ts";
import { type ExportedPage, exportPage } from "../../app/export-page.ts";
import type { Command } from "../command.ts";
import { openedRun, runOptions } from "../open-run.ts";
import { bytes, table } from "../text.ts";

const exportRun: Command = {
  about: "write a run's generator as one ONNX file or one web page, checked",
  arguments: "<run>",
  options: [
    ["--html", "a page that runs the generator in any browser, in one file"],
    ["--out <file>", "the file to write (default: <run>/generator.onnx or .html)"],
    ...runOptions,
  ],
  examples: ["export runs/dcgan-001 --out digits.onnx", "export runs/dcgan-001 --html"],
  more: `Both are checked against the run's own samples before they are written. The page needs no
server and no network: send the file, or put it anywhere.`,
  run: openedRun(async ({ run, options, terminal }) => {
    const out = options.out === undefined ? undefined : String(options.out);
    const isPage = options.html === true || /\.html?$/i.test(out ?? "");
    const result: Exported & Partial<ExportedPage> = isPage
      ? await exportPage(run, out)
      : await exportGenerator(run, out);
    if (options.json) return terminal.out(JSON.stringify(result));
    const { file, bytes: size, maxDifference, dynamicBatch, note } = result;
    const { parts } = result;
    const inside = parts
      ? `model ${bytes(parts.model)}, ONNX Runtime ${bytes(parts.runtime)} inside`
      : "weights inside";
    const rows = [
      ["size", `${bytes(size)}, ${inside}`],
      ["items", dynamicBatch ? "any number at once" : (note ?? "one at a time")],
      ["checked", `loaded alone: ${maxDifference.toExponential(1)} at most from the run's samples`],
    ];
    terminal.out(`${terminal.colours.bold(file)}\n${table(rows, terminal.columns)}`);
  }),
};

export { exportRun as export };

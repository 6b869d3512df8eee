import type { ExportKind } from "../../../../src/studio/routes/downloads.ts";
import { command } from "../../lib/commands.ts";
import { bytesText } from "../../lib/words.ts";
import type { Explorer } from "../explore/explorer.svelte.ts";

/** A kind of file that a run can be made into. */
export interface Kind {
  readonly id: ExportKind;
  readonly title: string;
  /** What it is for. */
  readonly about: string;
  /** How large it will be, where that is known before. */
  readonly size?: (weightBytes: number) => string;
  /** For runs whose items are pictures. */
  readonly onlyPictures?: boolean;
  /** How many samples it takes of those of a sheet. */
  readonly take?: number;
  command(explorer: Explorer, count: number): string;
}

/** Samples that an animation passes. */
const passed = 8;

const walk = (ending: "gif" | "webp", about: string, title: string): Kind => ({
  id: ending,
  title,
  about,
  onlyPictures: true,
  take: passed,
  command: (explorer) => {
    const { seed, label, runFolder } = explorer;
    const items = Array.from({ length: passed }, (_, i) => `${seed}:${i}`).join(",");
    const out = `${runFolder}/walk.${ending}`;
    return explorer.command("interpolate", [], {
      items,
      frames: 12,
      loop: true,
      class: label,
      out,
    });
  },
});

/** The command that puts the samples into a file of the run's folder. */
const sampled =
  (file: string): Kind["command"] =>
  (explorer, count) =>
    explorer.command("sample", [], {
      seed: explorer.seed,
      count,
      class: explorer.label,
      out: `${explorer.runFolder}/${file}`,
    });

/** Of a page: packed kernels of ONNX Runtime, and its scripts. */
const runtimeBytes = 4.8 * 2 ** 20;

export const kinds: readonly Kind[] = [
  {
    id: "png",
    title: "Picture (PNG)",
    about: "The samples as one sheet, for a report or a message.",
    command: sampled("sheet.png"),
  },
  walk(
    "gif",
    `A walk through ${passed} samples and back, which moves wherever pictures are shown.`,
    "Animation (GIF)",
  ),
  walk("webp", "The same walk in full colour and smaller, for web pages.", "Animation (WebP)"),
  {
    id: "onnx",
    title: "Generator (ONNX)",
    about:
      "The generator with its averaged weights, to run in Python, C++, C#, Java or a browser. Checked against the run's own samples before it is sent.",
    size: (bytes) => `about ${bytesText(bytes)}`,
    command: ({ runFolder, checkpoint }) => command(["export", runFolder], { checkpoint }),
  },
  {
    id: "html",
    title: "Web page (HTML)",
    about:
      "One file that draws new samples in any browser: no server, no network. Send it, or put it anywhere.",
    size: (bytes) => `about ${bytesText((bytes * 4) / 3 + runtimeBytes)}`,
    command: ({ runFolder, checkpoint }) =>
      command(["export", runFolder], { html: true, checkpoint }),
  },
  {
    id: "npz",
    title: "Arrays (NPZ)",
    about: "The samples with their codes and classes as arrays, for NumPy.",
    command: sampled("samples.npz"),
  },
];

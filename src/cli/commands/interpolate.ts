import { join } from "node:path";
import {
  type CodeReference,
  type Codes,
  parseReference,
  resolveReferences,
} from "../../app/codes.ts";
import { interpolate as interpolateRun } from "../../app/interpolate.ts";
import { classNumbers, type OpenRun } from "../../app/sample.ts";
import { GanymedeError } from "../../core/errors.ts";
import type { Call, Command } from "../command.ts";
import { oneOf, positiveNumber, wholeNumber } from "../flags.ts";
import { openedRun, runOptions } from "../open-run.ts";
import { grouped } from "../text.ts";

export const interpolate: Command = {
  about: "go from sample to sample, as GIF, WebP, MP4 or a strip of pictures",
  arguments: "<run>",
  options: [
    ["--items <list>", "the samples to pass, as 3,17,40 (default: 0,1,2,3)"],
    ["--seeds <list>", "the first sample of each seed, as 1,5,9, instead"],
    ["--seed <n>", "the seed whose samples --items counts (default: 0)"],
    ["--out <file>", ".gif, .webp, .mp4, .png, .npz or .csv (default: <run>/interpolation.gif)"],
    ["--frames <n>", "pictures from one sample to the next (default: 24, in a strip 8)"],
    ["--loop", "return to the first sample"],
    ["--path <p>", "slerp or linear (default: slerp for normal codes, linear for uniform)"],
    ["--class <c>", "a class for the whole way, or one for each sample: classes are blended"],
    ["--truncation <t>", "scales the codes of seeds (default: 1)"],
    ["--fps <n>", "pictures a second (default: 24)"],
    ["--zoom <n>", "side of a drawn pixel (default: what 256 pixels of height hold)"],
    ...runOptions,
  ],
  examples: [
    "interpolate runs/dcgan-001 --items 3,17,40 --loop --out digits.webp",
    "interpolate runs/dcgan-001 --seeds 1,5 --out strip.png",
    "interpolate runs/dcgan-001 --items @face.json,12,5:0 --out face.mp4",
  ],
  more: "Items are 12 (of --seed), 5:12 (of seed 5) or @file (codes that invert or sample wrote).",
  run: openedRun(async ({ run, options, terminal }) => {
    const asked = {
      perLeg: wholeNumber("--frames", options.frames, 1),
      path: oneOf("--path", options.path, ["slerp", "linear"]),
      fps: positiveNumber("--fps", options.fps),
      zoom: wholeNumber("--zoom", options.zoom, 1),
    };
    const seed = wholeNumber("--seed", options.seed, 0) ?? 0;
    const truncation = positiveNumber("--truncation", options.truncation) ?? 1;
    const found = await resolveReferences(run, referencesOf(options), { seed, truncation });
    const keys = options.class === undefined ? found : asClasses(run, found, String(options.class));
    if (keys.count < 2) throw tooFew(keys.count);
    const made = await interpolateRun(run, keys, {
      out: String(options.out ?? join(run.path, "interpolation.gif")),
      loop: options.loop === true,
      seed,
      ...Object.fromEntries(Object.entries(asked).filter(([, v]) => v !== undefined)),
      onProgress: (done, frames) => {
        if (terminal.isLive) terminal.live(`${grouped(done)}/${grouped(frames)}`);
      },
    });
    if (options.json) terminal.out(JSON.stringify({ ...made, step: run.checkpoint.step }));
    else
      terminal.out(`${grouped(made.frames)} pictures through ${keys.count} samples: ${made.file}`);
  }),
};

function referencesOf(options: Call["options"]) {
  if (options.items !== undefined && options.seeds !== undefined) {
    throw new GanymedeError("USAGE", {
      where: "--items",
      expected: "--items or --seeds",
      got: "both",
      fix: "write item 0 of seed 5 as 5:0 in --items",
    });
  }
  const list = (text: unknown) =>
    String(text)
      .split(",")
      .map((word) => word.trim());
  if (options.seeds === undefined) return list(options.items ?? "0,1,2,3").map(parseReference);
  return list(options.seeds).map((text): CodeReference => {
    return { seed: wholeNumber("--seeds", text, 0)!, item: 0 };
  });
}

/** One class for all keys or one for each; of a single key, as many as there are classes. */
function asClasses(run: OpenRun, keys: Codes, names: string): Codes {
  const labels = classNumbers(run, names);
  if (labels.length === 1) return { ...keys, labels: Array<number>(keys.count).fill(labels[0]!) };
  if (keys.count === labels.length) return { ...keys, labels };
  if (keys.count === 1) {
    const codes = new Float32Array(labels.length * keys.codes.length);
    labels.forEach((_, i) => {
      codes.set(keys.codes, i * keys.codes.length);
    });
    return { codes, count: labels.length, labels };
  }
  throw new GanymedeError("OPTION", {
    where: "--class",
    expected: `one class, or one for each of ${keys.count} samples`,
    got: `${labels.length} classes`,
    fix: "name as many classes as samples, or a single sample to take through all classes",
  });
}

const tooFew = (count: number) =>
  new GanymedeError("OPTION", {
    where: "--items",
    expected: "two samples or more to go between",
    got: String(count),
    fix: "name more, as in --items 3,17",
  });

import { join } from "node:path";
import { type ImageInversion, invertImage, readPicture, writeInversion } from "../../app/invert.ts";
import { classNumber } from "../../app/sample.ts";
import type { Call, Command } from "../command.ts";
import { numberFrom, oneOf, positiveNumber, wholeNumber } from "../flags.ts";
import { openedRun, runOptions } from "../open-run.ts";
import { grouped, table } from "../text.ts";

export const invert: Command = {
  about: "find the code of a picture: what a run's generator needs to draw it",
  arguments: "<run> <picture>",
  options: [
    ["--out <file>", "it, what was found, other starts (default: <run>/inverted.png)"],
    ["--code <file>", "the best code, .json or .npz (default: <run>/inverted.json)"],
    ["--optimiser <o>", "lbfgs or adam (default: lbfgs)"],
    ["--steps <n>", "its steps (default: 200)"],
    ["--rate <r>", "Adam's learning rate (default: 0.05)"],
    ["--restarts <n>", "starts, the nearest of the pool (default: 4)"],
    ["--pool <n>", "random codes to choose starts from (default: 500)"],
    ["--l2 <w>", "weight of squared differences of pixels (default: 1)"],
    ["--l1 <w>", "weight of absolute differences (default: 0)"],
    ["--perceptual <w>", "weight of features (default: 0.1 for grey, else 0)"],
    ["--extractor <id>", "what sees features (default: encoder)"],
    ["--prior <w>", "weight of the code's mean square (default: 0.001)"],
    ["--fit <f>", "other shapes: cover, contain, stretch (default: cover)"],
    ["--class <c>", "the picture's class; all are tried when absent"],
    ["--seed <n>", "draws the pool (default: 0)"],
    ...runOptions,
  ],
  examples: [
    "invert runs/faces me.jpg --code me.json",
    "invert runs/dcgan-001 seven.png --optimiser adam --steps 500",
  ],
  more: "Take the code on: sample --codes me.json, interpolate --items @me.json,12.",
  run: openedRun(async ({ run, args, options, terminal }) => {
    const out = String(options.out ?? join(run.path, "inverted.png"));
    const code = String(options.code ?? join(run.path, "inverted.json"));
    const fit = oneOf("--fit", options.fit, ["cover", "contain", "stretch"]);
    const asked = askedOf(options);
    const label =
      options.class === undefined ? {} : { label: classNumber(run, String(options.class)) };
    const image = await readPicture(run, args[1]!, fit);
    const found = await invertImage(run, image, {
      ...asked,
      ...label,
      onLook: (looks) => {
        if (terminal.isLive && looks % 10 === 0) terminal.live(`${grouped(looks)} looks`);
      },
    });
    await writeInversion(run, image, found, { picture: out, code });
    const starts = found.map(({ loss, error, label: of }) => ({ loss, error, label: of }));
    if (options.json) {
      terminal.out(JSON.stringify({ file: out, code, step: run.checkpoint.step, starts }));
      return;
    }
    const classes = run.game.sampler.classes;
    const rows = starts.map(({ loss, error, label: of }, i) => [
      i === 0 ? "best" : `${i + 1}`,
      `loss ${loss.toPrecision(3)}`,
      `error ${(100 * error).toFixed(2)} % of the range from black to white`,
      of === undefined ? "" : classes![of]!,
    ]);
    terminal.out(`${args[1]} at step ${run.checkpoint.step}: ${out}, code in ${code}`);
    terminal.out(table(rows, terminal.columns));
  }),
};

function askedOf(options: Call["options"]): ImageInversion {
  const weight = (name: string) => numberFrom(`--${name}`, options[name], 0);
  const asked = {
    optimiser: oneOf("--optimiser", options.optimiser, ["adam", "lbfgs"]),
    steps: wholeNumber("--steps", options.steps, 1),
    rate: positiveNumber("--rate", options.rate),
    restarts: wholeNumber("--restarts", options.restarts, 1),
    pool: wholeNumber("--pool", options.pool, 1),
    extractor: options.extractor === undefined ? undefined : String(options.extractor),
  };
  const weights = {
    l2: weight("l2"),
    l1: weight("l1"),
    perceptual: weight("perceptual"),
    prior: weight("prior"),
  };
  const given = (all: object) => Object.entries(all).filter(([, v]) => v !== undefined);
  return {
    seed: wholeNumber("--seed", options.seed, 0) ?? 0,
    ...Object.fromEntries(given(asked)),
    weights: Object.fromEntries(given(weights)),
  };
}

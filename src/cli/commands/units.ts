import { join } from "node:path";
import { classNumber, type OpenRun } from "../../app/sample.ts";
import {
  type NetLayers,
  netLayers,
  type OpenLayer,
  openLayer,
  type UnitChange,
} from "../../app/unit-layer.ts";
import { type UnitEffect, unitEffects } from "../../app/unit-ranking.ts";
import { writeTopSamples, writeUnitChanges, writeUnitMaps } from "../../app/unit-sheet.ts";
import { GanymedeError } from "../../core/errors.ts";
import type { Call, Command } from "../command.ts";
import { wholeNumber } from "../flags.ts";
import { openedRun, runOptions } from "../open-run.ts";
import { table } from "../text.ts";

export const units: Command = {
  about: "look into a run's nets, and change what their units say",
  arguments: "<run>",
  options: [
    ["--layer <name>", "the layer to look at; all are listed when absent"],
    ["--item <n>", "the sample to look at (default: 0)"],
    ["--seed <n>", "the seed whose samples --item counts (default: 0)"],
    ["--class <c>", "the class of all samples"],
    ["--off <units>", "units to switch off: 3,5"],
    ["--times <changes>", "units to multiply: 7:2,9:0.5"],
    ["--set <changes>", "units to set to a value: 4:1.5"],
    ["--where <cells>", "change them in left,top,width,height of the map alone"],
    ["--top <units>", "the samples at which these units are largest, a row each"],
    ["--effects", "how much changes when each unit is off, strongest first"],
    ["--out <file>", "a .png file (default: <run>/units.png)"],
    ...runOptions,
  ],
  examples: [
    "units runs/dcgan-001",
    "units runs/dcgan-001 --layer g.act1 --item 3",
    "units runs/dcgan-001 --layer g.act1 --off 3,5 --times 7:2",
  ],
  run: openedRun(async (call) => {
    const { run, options, terminal } = call;
    if (options.layer === undefined) {
      listLayers(netLayers(run), call);
      return;
    }
    const open = openLayer(run, String(options.layer));
    try {
      const { said, record } = await look(open, call);
      terminal.out(options.json ? JSON.stringify(record) : said);
    } finally {
      await open.dispose();
    }
  }),
};

function listLayers(found: NetLayers, { options, terminal }: Call): void {
  if (options.json) {
    terminal.out(JSON.stringify(found, null, 2));
    return;
  }
  const attends = new Set(found.attention.map(({ name }) => name));
  const rows = found.layers.map(({ name, net, units: count, map }) => [
    name,
    String(count),
    map.join("x") || "-",
    `${net}${attends.has(name) ? ", attends" : ""}`,
  ]);
  terminal.out(table([["layer", "units", "map", "of"], ...rows], terminal.columns, 0));
}

/** What is asked of one layer: effects, top samples, changes, or maps. */
async function look(open: OpenLayer, { run, options }: Call & { readonly run: OpenRun }) {
  const seed = wholeNumber("--seed", options.seed, 0) ?? 0;
  const item = wholeNumber("--item", options.item, 0) ?? 0;
  const label = options.class === undefined ? undefined : classNumber(run, String(options.class));
  const file = String(options.out ?? join(run.path, "units.png"));
  const asked = { out: file, seed, item, label };
  if (options.effects) {
    const found: UnitEffect[] = [];
    for await (const effect of unitEffects(open, { seed, label })) found.push(effect);
    const effects = found.sort((a, b) => b.effect - a.effect || a.unit - b.unit);
    const rows = effects.map(({ unit, effect }) => [String(unit), effect.toPrecision(3)]);
    return { said: table([["unit", "effect"], ...rows], 80, 0), record: { effects } };
  }
  if (options.top !== undefined) {
    const list = numbersOf("--top", String(options.top)).map(([unit]) => unit!);
    const rows = await writeTopSamples(open, list, asked);
    return { said: `top samples of ${rows.length} units: ${file}`, record: { file, rows } };
  }
  const changes = changesOf(options);
  if (changes.length > 0) {
    const made = await writeUnitChanges(open, changes, asked);
    const share = `${(100 * made.difference).toPrecision(3)} % of the range from black to white`;
    const said = `samples as they are, changed, and their difference (${share}): ${file}`;
    return { said, record: { file, ...made } };
  }
  const reaches = await writeUnitMaps(open, asked);
  const said = `sample ${item} and its maps of ${reaches.length} units: ${file}`;
  return { said, record: { file, reaches: [...reaches] } };
}

function changesOf({ off, times, set, where }: Call["options"]): UnitChange[] {
  const region = where === undefined ? undefined : regionOf(String(where));
  const listed = (flag: string, text: unknown, width: number) =>
    text === undefined ? [] : numbersOf(flag, String(text), width);
  const changes = [
    ...listed("--off", off, 1).map(([unit]) => ({ units: [unit!], factor: 0 })),
    ...listed("--times", times, 2).map(([unit, factor]) => ({ units: [unit!], factor })),
    ...listed("--set", set, 2).map(([unit, offset]) => ({ units: [unit!], factor: 0, offset })),
  ];
  return changes.map((change) => ({ ...change, where: region }));
}

function regionOf(text: string) {
  const [left, top, width, height, ...more] = numbersOf("--where", text).map(([n]) => n!);
  if (height !== undefined && more.length === 0) {
    return { left: left!, top: top!, width: width!, height };
  }
  throw malformed("--where", "left,top,width,height, in cells of the map", text);
}

/** `7:2,9:0.5` as [[7, 2], [9, 0.5]]. Throws `OPTION`. */
function numbersOf(flag: string, text: string, width = 1): number[][] {
  const rows = text.split(",").map((part) => part.split(":"));
  const numbers = rows.map((row) => row.map((n) => (n.trim() === "" ? Number.NaN : Number(n))));
  if (numbers.every((row) => row.length === width && row.every(Number.isFinite))) return numbers;
  throw malformed(flag, width === 1 ? "numbers: 3,5" : "units and numbers: 7:2,9:0.5", text);
}

const malformed = (where: string, expected: string, got: string) =>
  new GanymedeError("OPTION", { where, expected, got, fix: "see --help for an example" });

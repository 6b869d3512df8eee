/**
 * bench/README.md with its tables written anew from bench/results: what stands between `<!-- name -->` and
 * `<!-- /name -->` is replaced, all else stays.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PowerLaw } from "../bench/_fit.ts";
import { geometricMean, readResults } from "../bench/_results.ts";
import type { BrowserRecord, BrowserRow } from "../bench/browser.ts";
import type { CostRecord } from "../bench/cost.ts";
import type { ForecastRecord } from "../bench/forecast.ts";
import type { InstallRecord } from "../bench/install.ts";
import type { LatencyRecord, LatencyRow } from "../bench/latency.ts";
import type { ScaleRecord } from "../bench/scale.ts";
import type { StepRecord, StepRow } from "../bench/step.ts";
import { brief, table } from "./_table.ts";
import { kernelTable, rateTable } from "./profile-table.ts";

const file = join(fileURLToPath(new URL("..", import.meta.url)), "bench/README.md");

type Cells = readonly string[];

const refused = (cannot: string): string =>
  cannot.startsWith("longer") ? cannot : `cannot run it: ${cannot.replaceAll("|", "\\|")}`;

const none = ["", "", ""];

function stepCells(row: StepRow): Cells {
  const { step, who, batch, width, medianMs, minMs, ratio, ratioOfMinima, cannot } = row;
  const about = [step, who, `${batch} x ${width}`];
  if (cannot !== undefined) return [...about, refused(cannot), ...none];
  const told = who !== "Ganymede" && ratio !== undefined;
  const ratios = told ? [brief(ratio), brief(ratioOfMinima!)] : ["", ""];
  return [...about, brief(medianMs!), brief(minMs!), ...ratios];
}

/** Ours in the same browser, at the same size, on the same kind of device. */
function ownOf(row: BrowserRow, rows: readonly BrowserRow[]): BrowserRow | undefined {
  const backend = row.backend === "webgl" ? "webgpu" : row.backend;
  const own = rows.filter((r) => r.who.startsWith("Ganymede") && r.backend === backend);
  return own.filter((r) => r.step === row.step && r.medianMs).at(-1);
}

function browserCells(row: BrowserRow, rows: readonly BrowserRow[]): Cells {
  const { step, who, batch, width, medianMs, minMs, cannot } = row;
  const about = [step, `${who}, Chromium`, `${batch} x ${width}`];
  if (cannot !== undefined) return [...about, refused(cannot), ...none];
  const own = who.startsWith("Ganymede") ? undefined : ownOf(row, rows);
  const ratios = own ? [brief(own.medianMs! / medianMs!), brief(own.minMs! / minMs!)] : ["", ""];
  return [...about, brief(medianMs!), brief(minMs!), ...ratios];
}

function stepTable(): string {
  const native = readResults<StepRecord>("step")?.rows ?? [];
  const inBrowser = readResults<BrowserRecord>("browser")?.rows ?? [];
  const names = [...new Set(native.map((row) => row.step))];
  const rows = names.flatMap((name) => [
    ...native.filter((row) => row.step === name).map(stepCells),
    ...inBrowser.filter((row) => row.step === name).map((row) => browserCells(row, inBrowser)),
  ]);
  const head = ["step", "who", "batch x width", "median ms", "fastest ms"];
  return table([...head, "ours/theirs, medians", "of the fastest"], rows);
}

/** Of the steps that both run at one batch. */
function meanTable(): string {
  const rows = (readResults<StepRecord>("step")?.rows ?? []).filter((row) => row.ratio);
  const names = [...new Set(rows.map((row) => row.who))].filter((who) => who !== "Ganymede");
  const cells = names.map((who) => {
    const own = rows.filter((row) => row.who === who);
    const mean = (pick: (row: StepRow) => number) => brief(geometricMean(own.map(pick)));
    const steps = own.map((row) => row.step).join(", ");
    return [who, mean((row) => row.ratio!), mean((row) => row.ratioOfMinima!), steps];
  });
  return table(["beside", "ours/theirs, medians", "of the fastest", "steps"], cells);
}

function latencyTable(): string {
  const rows = readResults<LatencyRecord>("latency")?.rows ?? [];
  const steps = [...new Set(rows.map((row) => row.step))];
  const names = [...new Set(rows.map((row) => row.who))];
  const text = ({ medianMs, cannot }: LatencyRow) =>
    cannot === undefined ? brief(medianMs!) : refused(cannot);
  const cells = steps.flatMap((step) =>
    [1, 64].map((batch) => [
      step,
      String(batch),
      ...names.map((who) => {
        const row = rows.find((r) => r.step === step && r.batch === batch && r.who === who);
        return row ? text(row) : "";
      }),
    ]),
  );
  return table(["generator of", "items", ...names.map((who) => `${who}, ms`)], cells);
}

function downloadTable(): string {
  const rows = readResults<BrowserRecord>("browser")?.rows ?? [];
  const names = [...new Set(rows.map((row) => row.who))];
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const cells = names.flatMap((who) => {
    const own = rows.filter((row) => row.who === who && row.sent.bytes > 0);
    if (own.length === 0) return [];
    const { sent } = own.reduce((a, b) => (b.sent.bytes > a.sent.bytes ? b : a));
    return [[who, mib(sent.bytes), mib(sent.gzipped)]];
  });
  return table(["a page with", "downloads", "with gzip"], cells);
}

function installTable(): string {
  const rows = readResults<InstallRecord>("install")?.rows ?? [];
  const time = (seconds?: number) => (seconds === undefined ? "" : `${seconds.toFixed(1)} s`);
  const cells = rows.map(({ who, packages, mib, installSeconds, firstStepSeconds, step = "" }) => {
    const spent = [time(installSeconds), time(firstStepSeconds)];
    return [who, String(packages), `${mib.toFixed(0)} MiB`, ...spent, step];
  });
  const times = ["`npm ci`", "then, to the end of a step", "which step"];
  return table(["who", "packages", "installed", ...times], cells);
}

const withError = ({ exponent, error }: PowerLaw): string =>
  `${exponent.toFixed(2)} ± ${error.toFixed(2)}`;

function scaleTable(): string {
  const { curves = {} } = readResults<ScaleRecord>("scale") ?? {};
  const cells = Object.entries(curves).map(([name, { of, points, laws, over }]) => {
    const ends = [points[0]!, points.at(-1)!];
    const range = (text: (p: (typeof points)[number]) => string) => ends.map(text).join(" to ");
    const size = { ...of, [over === "parameters" ? "width" : over]: "n" };
    const image = of.nets === "dcgan" ? `, ${size.side} x ${size.side}` : "";
    return [
      name,
      `${of.nets}, batch ${size.batch}, ${size.width} wide${image}`,
      range((p) => brief(p[over])),
      range((p) => brief(p.medianMs)),
      range((p) => brief(p.flops / p.medianMs / 1e6)),
      withError(laws.flops),
      withError(laws.ms),
      withError(laws.mib),
    ];
  });
  const head = ["over", "nets", "from to", "ms per step", "GFLOP/s"];
  return table([...head, "arithmetic ~ n^", "time ~ n^", "memory ~ n^"], cells);
}

function forecastTable(): string {
  const known = readResults<ScaleRecord>("scale")?.forecast;
  if (!known) return "Not computed yet.";
  const { flops, gib, share, devices, setting } = known;
  const hours = (images: number) => brief(1e6 / images / 3600);
  const cells = devices.map(({ name, peak, images: { low, high } }) => [
    name,
    `${peak} TFLOP/s`,
    `${brief(low)} to ${brief(high)}`,
    `${hours(high)} to ${hours(low)}`,
  ]);
  const percent = (part: number) => `${Math.round(100 * part)} %`;
  return [
    `A step of DCGAN at 256x256, batch ${setting.batch}, ${setting.width} wide, is ${brief(flops / 1e12)} TFLOP by its graph.`,
    `By the laws above it holds ${brief(gib.likely)} GiB (${brief(gib.low)} to ${brief(gib.high)} at twice their errors),`,
    "on the CPU's provider; a device's own allocator may hold more. Speed, if",
    `${percent(share.low)} to ${percent(share.high)} of a card's float32 peak is reached, which is an assumption:`,
    "",
    table(["card", "peak", "images/s", "hours per million images"], cells),
  ].join("\n");
}

function costTable(): string {
  const rows = readResults<CostRecord>("cost")?.rows ?? [];
  const cells = rows.map(({ kind, name, ratio, arithmetic }) => [
    kind,
    name,
    ratio.toFixed(2),
    arithmetic.toFixed(2),
  ]);
  return table(["kind", "what", "time of a step", "arithmetic"], cells);
}

function memoryTable(): string {
  const points = readResults<ForecastRecord>("forecast")?.points ?? [];
  const cells = points.map(({ system, data, options, chunk, stateMib, predictedMib, heldMib }) => [
    [system, data].filter(Boolean).join(" on "),
    Object.entries(options)
      .map(([name, value]) => `${name} ${value}`)
      .join(", "),
    chunk === undefined ? "" : String(chunk),
    `${stateMib} MiB`,
    `${predictedMib} MiB`,
    `${heldMib} MiB`,
    (predictedMib / heldMib).toFixed(2),
  ]);
  const head = ["system", "options", "steps a call", "weights and optimisers", "told", "held"];
  return table([...head, "told/held"], cells);
}

const sections: Readonly<Record<string, () => string>> = {
  steps: stepTable,
  means: meanTable,
  rates: rateTable,
  kernels: kernelTable,
  latency: latencyTable,
  downloads: downloadTable,
  install: installTable,
  scale: scaleTable,
  forecast: forecastTable,
  memory: memoryTable,
  costs: costTable,
};

/** The page, its tables from the results as they are. */
export function benchDoc(): string {
  let text = readFileSync(file, "utf8");
  for (const [name, write] of Object.entries(sections)) {
    const between = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
    if (!between.test(text)) throw new Error(`bench/README.md has no section ${name}`);
    text = text.replace(between, (_, open, close) => `${open}\n${write()}\n\n${close}`);
  }
  return text;
}

/**
 * Times training steps in a headless Chromium: ours, TensorFlow.js and jax-js, on WebAssembly, WebGL and
 * WebGPU, the latter two on SwiftShader where there is no GPU.
 *
 *   npx tsx bench/browser.ts [--steps dcgan32,…] [--who 'jax|wasm'] [--patience 120]
 *
 * Every cell has a browser of its own. Rows go to bench/results/browser.json as they come, in the place
 * of those of an earlier run, and `npm run gen` writes bench/README.md from there.
 */
import { parseArgs } from "node:util";
import { findChromium, openPage } from "../test/chromium.ts";
import type { Request, Timing } from "./_contender.ts";
import { lineOf } from "./_peer.ts";
import { jsFolder } from "./_peers.ts";
import { circumstances, median, mergeRows, readResults, sorted, writeResults } from "./_results.ts";
import { type Size, steps } from "./_steps.ts";
import { openSite, type Sent, type Site } from "./browser/_site.ts";

const { values: flags } = parseArgs({
  options: {
    steps: {
      type: "string",
      default: Object.keys(steps)
        .filter((step) => steps[step]!.light)
        .join(),
    },
    who: { type: "string", default: "" },
    patience: { type: "string", default: "120" },
  },
});
const patience = Number(flags.patience);

/** A library on a backend. */
interface Cell {
  readonly library: "ours" | "tfjs" | "jax-js";
  readonly who: string;
  readonly backend: "wasm" | "webgl" | "webgpu";
  readonly threads?: number;
}

const cells: readonly Cell[] = [
  { library: "ours", who: "Ganymede, wasm, 1 thread", backend: "wasm", threads: 1 },
  { library: "ours", who: "Ganymede, wasm, 2 threads", backend: "wasm", threads: 2 },
  { library: "tfjs", who: "TensorFlow.js, wasm, 2 threads", backend: "wasm", threads: 2 },
  { library: "jax-js", who: "jax-js, wasm, 2 workers", backend: "wasm" },
  { library: "ours", who: "Ganymede, webgpu", backend: "webgpu" },
  { library: "tfjs", who: "TensorFlow.js, webgl", backend: "webgl" },
  { library: "tfjs", who: "TensorFlow.js, webgpu", backend: "webgpu" },
  { library: "jax-js", who: "jax-js, webgpu", backend: "webgpu" },
];

export interface BrowserRow extends Size {
  readonly step: string;
  readonly who: string;
  readonly backend: Cell["backend"];
  readonly date: string;
  readonly medianMs?: number;
  readonly minMs?: number;
  readonly times?: number;
  readonly cannot?: string;
  /** What the page and its library downloaded. */
  readonly sent: Sent;
}

export interface BrowserRecord {
  readonly browser: string;
  readonly rows: readonly BrowserRow[];
}

/** Without a GPU, one is imitated on the CPU: a hundredth of the speed, so nets are narrow there. */
const onSwiftShader: Size = { batch: 2, width: 8 };

const sizeOf = (step: string, { backend }: Cell): Size => {
  const { light } = steps[step]!;
  return light && (backend === "wasm" || light.batch > 1) ? light : onSwiftShader;
};

/** Step by step until it has had this long, 20 steps at most. */
const enoughMs = 3000;

async function timeCell(
  site: Site,
  chromium: string,
  cell: Cell,
  step: string,
): Promise<BrowserRow> {
  const { library, who, backend, threads = 2 } = cell;
  const size = sizeOf(step, cell);
  const query = `backend=${backend}&threads=${threads}`;
  const page = await openPage(chromium, site.addressOf(library, query), { webgpu: true });
  const ask = (request: Request): Promise<Timing> =>
    page.evaluate<Timing>(`globalThis.ask?.(${JSON.stringify(lineOf(request))})`);
  try {
    // The page answers as soon as its script has run.
    while (!(await page.evaluate<boolean>("typeof ask === 'function'"))) {
      if (page.errors.length > 0) throw new Error(page.errors[0]);
      await pause(50);
    }
    const timing = await within(patience, collect(ask, step, size));
    const about = { step, who, backend, ...size, date: circumstances().date, sent: site.sent() };
    if (timing.cannot) return { ...about, cannot: timing.cannot };
    const ms = timing.ms!;
    return { ...about, medianMs: median(ms), minMs: sorted(ms)[0]!, times: ms.length };
  } finally {
    await page.close();
  }
}

async function collect(
  ask: (request: Request) => Promise<Timing>,
  step: string,
  size: Size,
): Promise<Timing> {
  const ms: number[] = [];
  const began = performance.now();
  do {
    const timing = await ask({ step, count: 1, size });
    if (!timing.ms) return timing;
    ms.push(...timing.ms);
  } while (ms.length < 20 && performance.now() - began < enoughMs);
  return { ms };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** An answer that takes longer is none; closing the browser ends it. */
async function within(seconds: number, answer: Promise<Timing>): Promise<Timing> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Timing>((done) => {
    timer = setTimeout(() => done({ cannot: `longer than ${seconds} s` }), seconds * 1000);
  });
  const first = await Promise.race([answer.catch((e) => ({ cannot: String(e.message) })), late]);
  clearTimeout(timer);
  return first;
}

function show(row: BrowserRow): void {
  const size = `batch ${row.batch}, ${row.width} wide`;
  const figures = row.cannot
    ? `cannot run it: ${row.cannot}`
    : `median ${row.medianMs!.toFixed(1)} ms  min ${row.minMs!.toFixed(1)} ms`;
  console.log(`${row.step.padEnd(15)} ${row.who.padEnd(31)} ${size.padEnd(20)} ${figures}`);
}

function keep(row: BrowserRow, browser: string): void {
  const earlier = readResults<BrowserRecord>("browser")?.rows ?? [];
  const rows = mergeRows(earlier, [row], ({ step, who }) => `${step} ${who}`);
  const place = ({ step, who }: BrowserRow) =>
    Object.keys(steps).indexOf(step) * 100 + cells.findIndex((cell) => cell.who === who);
  writeResults("browser", {
    ...circumstances(),
    browser,
    rows: rows.sort((a, b) => place(a) - place(b)),
  });
}

const chromium = findChromium();
if (!chromium) {
  console.error("bench/browser.ts needs chromium: apt-get install chromium");
  process.exit(1);
}
const asked = new RegExp(flags.who);
const chosen = cells.filter(({ who }) => asked.test(who));
const entries = { ours: "ours.ts", tfjs: "tfjs.mjs", "jax-js": "jax-js.mjs" };
const libraries = Object.entries(entries).filter(([l]) => chosen.some((c) => c.library === l));
const site = await openSite(Object.fromEntries(libraries), jsFolder);
const version = await openPage(chromium, "about:blank");
const browser = await version.evaluate<string>("navigator.userAgent");
await version.close();
for (const step of flags.steps.split(",")) {
  for (const cell of chosen) {
    const row = await timeCell(site, chromium, cell, step);
    show(row);
    keep(row, browser);
  }
}
await site.close();
process.exit(0);

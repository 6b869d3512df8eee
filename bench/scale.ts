/**
 * How time and memory of a training step grow with batch, width, resolution and number of parameters:
 * `npm run bench:scale [-- --sweeps batch,width]`.
 *
 * DCGAN on images and the dense game on points, two threads, every point in a process of its own. Writes
 * the curves and the exponents of their power laws to bench/results/scale.json, those of other sweeps
 * stay, and what follows for 256x256 images on a GPU; `npm run gen` writes bench/README.md from there.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fitPowerLaw, type PowerLaw } from "./_fit.ts";
import { type Forecast, forecast } from "./_forecast.ts";
import { circumstances, readResults, writeResults } from "./_results.ts";
import type { Point, Setting } from "./_scale-point.ts";

/** What varies. */
type Over = keyof Omit<Setting, "nets"> | "parameters";

interface Sweep {
  readonly over: Over;
  readonly of: Setting;
  readonly values: readonly number[];
}

const images: Setting = { nets: "dcgan", side: 32, batch: 32, width: 32 };

const sweeps: Readonly<Record<string, Sweep>> = {
  batch: { over: "batch", of: images, values: [4, 8, 16, 32, 64, 128] },
  width: { over: "width", of: images, values: [8, 16, 32, 64, 128] },
  side: { over: "side", of: { ...images, batch: 8 }, values: [16, 32, 64, 128, 256] },
  // Dense nets: every parameter is used once an item.
  parameters: {
    over: "parameters",
    of: { nets: "mlp", side: 0, batch: 128, width: 0 },
    values: [64, 128, 256, 512, 1024, 2048],
  },
};

export interface Curve {
  readonly over: Over;
  readonly of: Setting;
  readonly date: string;
  readonly points: readonly Point[];
  /** Of time per step, of memory above that of the idle process, of arithmetic, against `over`. */
  readonly laws: { readonly ms: PowerLaw; readonly mib: PowerLaw; readonly flops: PowerLaw };
}

export interface ScaleRecord {
  readonly curves: Readonly<Record<string, Curve>>;
  readonly forecast?: Forecast;
}

const program = fileURLToPath(new URL("./_scale-point.ts", import.meta.url));

function measure(setting: Setting): Point {
  const args = ["--import", import.meta.resolve("tsx"), program, JSON.stringify(setting)];
  const text = execFileSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(text) as Point;
}

function run(name: string): Curve {
  const { over, of, values } = sweeps[name]!;
  const points = values.map((value) => {
    const point = measure({ ...of, [over === "parameters" ? "width" : over]: value });
    const { medianMs, mib, flops } = point;
    const speed = `${(flops / medianMs / 1e6).toFixed(1)} GFLOP/s`;
    console.log(`${name} ${value}: ${medianMs.toFixed(1)} ms  ${mib.toFixed(0)} MiB  ${speed}`);
    return point;
  });
  const xs = points.map((p) => p[over]);
  const law = (pick: (p: Point) => number) => fitPowerLaw(xs, points.map(pick));
  const laws = { ms: law((p) => p.medianMs), mib: law((p) => p.mib), flops: law((p) => p.flops) };
  return { over, of, date: circumstances().date, points, laws };
}

const { values: flags } = parseArgs({
  options: { sweeps: { type: "string", default: Object.keys(sweeps).join() } },
});
for (const name of flags.sweeps.split(",")) {
  const curve = run(name);
  const { ms, mib } = curve.laws;
  const text = ({ exponent, error }: PowerLaw) => `${exponent.toFixed(2)} ± ${error.toFixed(2)}`;
  console.log(`${name}: time ~ ${name}^${text(ms)}, memory ~ ${name}^${text(mib)}`);
  const curves = { ...readResults<ScaleRecord>("scale")?.curves, [name]: curve };
  const { batch, width, side } = curves;
  const complete = batch && width && side && { forecast: forecast({ batch, width, side }) };
  writeResults("scale", { ...circumstances(), threads: 2, curves, ...complete });
}

import { flopsOfSetting, type Setting } from "./_scale-point.ts";
import type { Curve } from "./scale.ts";

/** What a step of 256x256 images would take. No GPU has been measured: these are ranges. */
export interface Forecast {
  readonly setting: Setting;
  /** Floating-point operations of a step, counted in its graph. */
  readonly flops: number;
  /** Memory, by the measured laws of batch, width and side together, and by each at its error. */
  readonly gib: { readonly low: number; readonly likely: number; readonly high: number };
  /** Share of the peak that training reaches, assumed. */
  readonly share: { readonly low: number; readonly high: number };
  readonly devices: readonly DeviceForecast[];
}

export interface DeviceForecast {
  readonly name: string;
  /** TFLOP/s of float32 by its data sheet, without matrix units. */
  readonly peak: number;
  /** Images shown a second. */
  readonly images: { readonly low: number; readonly high: number };
}

/** Float32 without matrix units, by their makers' data sheets. */
const devices = [
  { name: "NVIDIA RTX 3060", peak: 12.7 },
  { name: "NVIDIA A100", peak: 19.5 },
  { name: "NVIDIA RTX 4090", peak: 82.6 },
];

/**
 * What convolutions through WebGPU kernels reach of it: an assumption, until `npm run bench:gpu` has
 * been run on one.
 */
const share = { low: 0.05, high: 0.3 };

const setting: Setting = { nets: "dcgan", side: 256, batch: 64, width: 64 };

type Curves = Readonly<Record<"batch" | "width" | "side", Curve>>;

/** M = M₀·Π (x/x₀)^exponent, from the measured point that is nearest; `sigmas` errors away. */
function memory(curves: Curves, sigmas: number): number {
  const anchor = curves.side.points.at(-1)!;
  const grow = (over: "batch" | "width") => {
    const { exponent, error } = curves[over].laws.mib;
    return (setting[over] / anchor[over]) ** (exponent + sigmas * error);
  };
  return (anchor.mib * grow("batch") * grow("width")) / 1024;
}

export function forecast(curves: Curves): Forecast {
  const flops = flopsOfSetting(setting);
  const imagesAt = (peak: number, part: number) => (setting.batch * peak * 1e12 * part) / flops;
  return {
    setting,
    flops,
    gib: { low: memory(curves, -2), likely: memory(curves, 0), high: memory(curves, 2) },
    share,
    devices: devices.map(({ name, peak }) => ({
      name,
      peak,
      images: { low: imagesAt(peak, share.low), high: imagesAt(peak, share.high) },
    })),
  };
}

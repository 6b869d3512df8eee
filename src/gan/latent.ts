import type { Noise } from "./game.ts";

/** Standard normal codes f32[n, size]. */
export const normal = (size: number): Noise => ({ distribution: "normal", shape: [size] });

/** Codes uniform on [−1, 1], f32[n, size]. */
export const uniform = (size: number): Noise => ({ distribution: "uniform", shape: [size] });

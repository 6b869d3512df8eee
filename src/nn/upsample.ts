import * as ops from "../engine/ops/index.ts";
import { type PerAxis, perAxis } from "./_geometry.ts";
import type { Layer } from "./module.ts";

/** Repeats each pixel of x [n,c,…s] `scale` times on each spatial axis. */
export const upsample =
  (scale: PerAxis = 2): Layer =>
  (x) =>
    ops.upsampleNearest(x, { scale: perAxis(scale, x.shape.length - 2) });

/** x [n,c,…s] at a spatial size, by a filter. */
export const resize =
  (size: PerAxis, filter: ops.Filter = "bilinear"): Layer =>
  (x) =>
    ops.resample(x, { size: perAxis(size, x.shape.length - 2), filter });

/** [n,c·f²,h,w] → [n,c,h·f,w·f]. Shi et al. 2016, arXiv:1609.05158. */
export const pixelShuffle =
  (factor = 2): Layer =>
  (x) =>
    ops.pixelShuffle(x, { factor });

/** [n,c,h·f,w·f] → [n,c·f²,h,w]. */
export const pixelUnshuffle =
  (factor = 2): Layer =>
  (x) =>
    ops.pixelUnshuffle(x, { factor });

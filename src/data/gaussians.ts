import { z } from "zod";
import { stream } from "../core/random.ts";
import { BLOCK, endless } from "./endless.ts";
import type { Source } from "./source.ts";

export interface Mixture {
  readonly id: string;
  readonly about: Source["about"];
  /** Centres of equal weight, all of the same dimension. */
  readonly modes: readonly (readonly number[])[];
  /** Standard deviation along each axis. */
  readonly sigma: number;
  /** What networks see = point·scale; points, modes and sigma stay in the paper's units. */
  readonly scale: number;
}

/**
 * An endless supply of fresh points of a mixture: fields `point` f32 [dimension] and, when there are
 * several modes, `label` i32 [], the index of the mode.
 */
export function gaussianMixture({ id, about, modes, sigma, scale }: Mixture): Source {
  const dimension = modes[0]!.length;
  const classes = modes.map((mode) => `(${mode.map((x) => Number(x.toFixed(3))).join(", ")})`);
  const point = { shape: [dimension], dtype: "f32", scale, offset: 0 } as const;
  const label = { shape: [], dtype: "i32", scale: 1, offset: 0, classes } as const;
  const labelled = modes.length > 1;
  return endless({
    id,
    about,
    fields: labelled ? { point, label } : { point },
    oracle: { field: "point", modes, sigma },
    block(seed, index) {
      const { points, labels } = makeBlock(modes, sigma, seed, index);
      return labelled ? { point: points, label: labels } : { point: points };
    },
  });
}

function makeBlock(modes: Mixture["modes"], sigma: number, seed: number, block: number) {
  const dimension = modes[0]!.length;
  const labels = Int32Array.from(stream(seed, "data/mode", block).integers(BLOCK, modes.length));
  const noise = stream(seed, "data/point", block).normal(new Float64Array(BLOCK * dimension));
  const points = new Float32Array(BLOCK * dimension);
  for (let i = 0; i < points.length; i++) {
    const mode = modes[labels[Math.floor(i / dimension)]!]!;
    points[i] = mode[i % dimension]! + sigma * noise[i]!;
  }
  return { points, labels };
}

/** The options of the mixtures that papers define. */
export const mixtureOptions = {
  scale: z
    .number()
    .positive()
    .default(1)
    .describe("a factor from the paper's units to what networks see"),
};

/** `count` centres, evenly on a circle about 0, the first on the right. */
export function ring(count: number, radius: number): number[][] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** side² centres on a square grid about 0, `spacing` apart, row by row from the lower left. */
export function grid(side: number, spacing: number): number[][] {
  const at = (i: number) => spacing * (i - (side - 1) / 2);
  return Array.from({ length: side * side }, (_, i) => [at(i % side), at(Math.floor(i / side))]);
}

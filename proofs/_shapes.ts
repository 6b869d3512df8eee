/** A DCGAN of coloured shapes that several proofs look into: the same seed is the same net in all. */
import type { Asked } from "../src/app/config.ts";

export const side = 16;

export const shapesGan: Asked = {
  system: "dcgan",
  data: "shapes",
  dataOptions: { side, objects: 1 },
  options: {
    batch: 64,
    latent: 32,
    width: 24,
    discriminatorWidth: 24,
    generatorRate: 5e-4,
    discriminatorRate: 5e-4,
    averageHalfLife: 20_000,
  },
};

export const shapesSteps = 3000;

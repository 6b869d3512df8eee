import { stream } from "../../core/random.ts";
import { gaussianMixture, mixtureOptions } from "../gaussians.ts";
import { defineSource } from "../source.ts";

const dimension = 50;

/** Ten centres drawn once from N(0, I), so about 10 apart: the same for all seeds of a run. */
const centres = (): number[][] => {
  const drawn = stream(0, "data/gmm50").normal(new Float64Array(10 * dimension));
  return Array.from({ length: 10 }, (_, i) =>
    Array.from(drawn.subarray(i * dimension, (i + 1) * dimension)),
  );
};

export const gmm50 = defineSource({
  id: "gmm50",
  description: "10 Gaussians of deviation 0.1 about random centres in 50 dimensions",
  options: mixtureOptions,
  open: ({ scale }) =>
    gaussianMixture({
      id: "gmm50",
      about: {
        title: "10 Gaussians in 50 dimensions",
        credit: "after the mixtures of Takida et al. 2024, SAN, arXiv:2301.12811",
        licence: "none needed: generated",
      },
      modes: centres(),
      sigma: 0.1,
      scale,
    }),
});

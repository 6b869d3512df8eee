import { z } from "zod";
import { stream } from "../../core/random.ts";
import { familyOptions, mnistFamily, openFamily } from "../mnist.ts";
import { defineSource, type Source } from "../source.ts";
import { type Linear, rotateBack, shearBack, warp } from "../warp.ts";

const back = { shear: shearBack, rotation: rotateBack } as const;

/** Half the step of the central difference, as a share of the range. */
const step = 0.03;

export const mnistLeaning = defineSource({
  id: "mnist-leaning",
  description: "handwritten digits, sheared or rotated at random, and how each changes with that",
  options: {
    ...familyOptions("folder of the four IDX files, instead of our own"),
    by: z.enum(["shear", "rotation"]).default("shear").describe("how digits lean"),
    range: z
      .number()
      .positive()
      .default(0.6)
      .describe("largest lean: pixels per pixel of a shear, radians of a rotation"),
    upright: z.boolean().default(true).describe("take out each digit's own slant before"),
  },
  open: ({ by, range, upright, ...family }) => {
    const digits = openFamily(mnistFamily, family);
    const { image, label } = digits.fields as { image: Source["fields"][string]; label: never };
    return {
      ...digits,
      id: "mnist-leaning",
      fields: {
        image: { ...image, dtype: "f32" },
        // A derivative by lean/range: it has the images' scale and no offset.
        tangents: { ...image, shape: [1, ...image.shape], dtype: "f32", offset: 0 },
        lean: { shape: [], dtype: "f32", scale: 1, offset: 0 },
        label,
      },
      batch(start, count, seed) {
        const { image: raw, label: labels } = digits.batch(start, count, seed);
        const lean = Float32Array.from({ length: count }, (_, i) => leanAt(seed, start + i, range));
        const made = leaning(raw!, family.side, lean, { to: back[by], upright, range });
        return { ...made, lean, label: labels! };
      },
    } satisfies Source;
  },
});

/** Uniform in (−range, range), by position. */
const leanAt = (seed: number, position: number, range: number): number =>
  range * (2 * stream(seed, "data/lean", position).uniform(new Float64Array(1))[0]! - 1);

interface Way {
  readonly to: (lean: number) => Linear;
  readonly upright: boolean;
  readonly range: number;
}

/** Each image at its lean, and its central difference by the lean as a share of the range. */
function leaning(
  raw: ArrayLike<number>,
  side: number,
  lean: Float32Array,
  { to, upright, range }: Way,
) {
  const size = side * side;
  const image = new Float32Array(lean.length * size);
  const tangents = new Float32Array(lean.length * size);
  const [before, after, straight] = [0, 1, 2].map(() => new Float32Array(size)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  lean.forEach((at, i) => {
    for (let k = 0; k < size; k++) straight[k] = raw[i * size + k]!;
    if (upright) warp(straight.slice(), side, shearBack(-slant(straight, side)), straight);
    warp(straight, side, to(at), image.subarray(i * size, (i + 1) * size));
    warp(straight, side, to(at - step * range), before);
    warp(straight, side, to(at + step * range), after);
    for (let k = 0; k < size; k++) tangents[i * size + k] = (after[k]! - before[k]!) / (2 * step);
  });
  return { image, tangents };
}

/** Σ xy·ink / Σ y²·ink about the centre, y upwards: the shear that made an upright image this. */
function slant(image: Float32Array, side: number): number {
  const centre = (side - 1) / 2;
  let [xy, yy] = [0, 0];
  image.forEach((v, i) => {
    const [x, y] = [(i % side) - centre, centre - Math.floor(i / side)];
    xy += v * x * y;
    yy += v * y * y;
  });
  return yy > 0 ? xy / yy : 0;
}

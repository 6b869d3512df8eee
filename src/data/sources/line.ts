import { stream } from "../../core/random.ts";
import { BLOCK, endless } from "../endless.ts";
import { mixtureOptions } from "../gaussians.ts";
import { defineSource } from "../source.ts";

export const line = defineSource({
  id: "line",
  description: "points (0, y), y uniform in (0, 1): one of WGAN's two parallel lines",
  options: mixtureOptions,
  open: ({ scale }) =>
    endless({
      id: "line",
      about: {
        title: "Upright line",
        credit: "Arjovsky, Chintala, Bottou 2017, WGAN, arXiv:1701.07875, example 1",
        licence: "none needed: generated",
      },
      fields: { point: { shape: [2], dtype: "f32", scale, offset: 0 } },
      block(seed, index) {
        const height = stream(seed, "data/point", index).uniform(new Float64Array(BLOCK));
        const point = new Float32Array(2 * BLOCK);
        height.forEach((y, i) => {
          point[2 * i + 1] = y;
        });
        return { point };
      },
    }),
});

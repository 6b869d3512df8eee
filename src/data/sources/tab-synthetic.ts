import { z } from "zod";
import { stream } from "../../core/random.ts";
import { BLOCK, endless } from "../endless.ts";
import { defineSource } from "../source.ts";
import { tabWidth as width } from "../tab.ts";

/**
 * Rows of mixed columns with a known unfairness: the label is 1 where
 * 0.9·skill + 0.7·training + bias·(group − ½) + N(0, 0.5²) > 0, so that at bias 0.4 group 1 has it
 * about 13 points more often at the same merit.
 */
export const tabSynthetic = defineSource({
  id: "tab-synthetic",
  description: "rows of a table: two groups, an outcome that favours one, numbers and a category",
  options: {
    bias: z.number().default(0.4).describe("how much the outcome favours group 1"),
  },
  open: ({ bias }) =>
    endless({
      id: "tab-synthetic",
      about: {
        title: "Synthetic table with a sensitive group",
        credit: "Ganymede",
        licence: "none needed: generated",
      },
      fields: { point: { shape: [width], dtype: "f32", scale: 1, offset: 0 } },
      block(seed, index) {
        const random = stream(seed, "data/row", index);
        const normals = random.normal(new Float64Array(4 * BLOCK));
        const uniforms = random.uniform(new Float64Array(5 * BLOCK));
        const point = new Float32Array(width * BLOCK);
        for (let i = 0; i < BLOCK; i++) {
          const own = [normals.subarray(4 * i, 4 * i + 4), uniforms.subarray(5 * i, 5 * i + 5)];
          point.set(row(own[0]!, own[1]!, bias), width * i);
        }
        return { point };
      },
    }),
});

/** One row from four standard normals and five uniforms. */
function row(normals: Float64Array, uniforms: Float64Array, bias: number): number[] {
  const [skill, spread, noise, place] = normals as unknown as [number, number, number, number];
  const group = uniforms[0]! < 0.5 ? 0 : 1;
  const training = 0.75 * (Math.floor(5 * uniforms[1]!) - 2) + 0.05 * spread;
  const merit = 0.9 * skill + 0.7 * training + bias * (group - 0.5);
  const upper = uniforms[3]! < 0.9 ? group : 1 - group;
  const district = 2 * (upper - 0.5) + (uniforms[4]! < 0.5 ? -0.5 : 0.5) + 0.1 * place;
  // A logistic that moves with skill, cut in three.
  const rank = Math.log(uniforms[2]! / (1 - uniforms[2]!)) + skill;
  const job = rank < -1 ? 0 : rank < 1 ? 1 : 2;
  const label = merit + 0.5 * noise > 0 ? 1 : 0;
  return [group, label, skill, training, district, +(job === 0), +(job === 1), +(job === 2)];
}

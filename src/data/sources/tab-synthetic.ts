import { z } from "zod";
import { stream } from "../../core/random.ts";
import { inBlocks } from "../blocks.ts";
import { defineSource } from "../source.ts";

/** Where each number of a row of `tab-synthetic` stands. */
export const tabColumns = {
  /** The sensitive group, 0 or 1. */
  group: 0,
  /** The outcome, 0 or 1. */
  label: 1,
  /** Standard normal, the same in both groups; moves the label. */
  skill: 2,
  /** One of five levels from −1.5 to 1.5 and N(0, 0.05²), alike in both groups; moves the label. */
  training: 3,
  /** One of four places from −1.5 to 1.5 and N(0, 0.1²); group 1 lives in the upper two, but for 1 in 10. */
  district: 4,
  /** One of three, as 1 among zeros: the higher the skill the likelier the last. */
  job: [5, 6, 7],
} as const;

const width = 8;

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
  open: ({ bias }) => ({
    id: "tab-synthetic",
    about: {
      title: "Synthetic table with a sensitive group",
      credit: "Ganymede",
      licence: "none needed: generated",
    },
    size: Number.POSITIVE_INFINITY,
    fields: { point: { shape: [width], dtype: "f32", scale: 1, offset: 0 } },
    batch: inBlocks({ point: width }, (size, seed, block) => {
      const random = stream(seed, "data/row", block);
      const normals = random.normal(new Float64Array(4 * size));
      const uniforms = random.uniform(new Float64Array(5 * size));
      const point = new Float32Array(width * size);
      for (let i = 0; i < size; i++) {
        point.set(
          row(normals.subarray(4 * i, 4 * i + 4), uniforms.subarray(5 * i, 5 * i + 5), bias),
          width * i,
        );
      }
      return { point };
    }),
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

/**
 * Rows as a table could hold them: group, label and job made whole. For what a generator made. Each goes
 * to the nearest value it may have, or, with a `seed`, is drawn with its numbers as chances: then a
 * label half-way is 0 or 1 equally often. [n, 8] → [n, 8], a copy.
 */
export function rounded(rows: Float32Array, seed?: number): Float32Array {
  const out = Float32Array.from(rows);
  const nearest = new Float64Array((3 * rows.length) / width).fill(0.5);
  const chances = seed === undefined ? nearest : stream(seed, "tab/rounded").uniform(nearest);
  const { group, label, job } = tabColumns;
  for (let i = 0; i < rows.length / width; i++) {
    const row = rows.subarray(i * width, (i + 1) * width);
    const [forGroup, forLabel, forJob] = chances.subarray(3 * i, 3 * i + 3);
    out[i * width + group] = +(row[group]! > forGroup!);
    out[i * width + label] = +(row[label]! > forLabel!);
    const shares = job.map((column) => Math.max(row[column]!, 0));
    const chosen = seed === undefined ? largest(shares) : drawn(shares, forJob!);
    job.forEach((column, k) => {
      out[i * width + column] = +(k === chosen);
    });
  }
  return out;
}

const largest = (shares: readonly number[]) => shares.indexOf(Math.max(...shares));

/** The index whose stretch of the total holds `at`, in (0, 1), of it. */
function drawn(shares: readonly number[], at: number): number {
  let left = at * shares.reduce((a, b) => a + b, 0);
  const found = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  return found < 0 ? largest(shares) : found;
}

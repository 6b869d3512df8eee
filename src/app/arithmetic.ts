import { writeAtomic } from "../core/files.ts";
import { encodePng } from "../core/png.ts";
import { stream } from "../core/random.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { imageSheet } from "../train/picture.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";
import { type Codes, resolveReferences, writeCodes } from "./codes.ts";
import { type Expression, parseExpression } from "./expression.ts";
import type { OpenRun } from "./sample.ts";
import { writeSamples } from "./sample-files.ts";

/** An expression with codes for items. */
export interface Evaluated {
  /** The codes of each group. */
  readonly groups: readonly Codes[];
  /** The mean of each, [groups, latent]. */
  readonly averages: Float32Array;
  /** Their weighted sum, [latent]. */
  readonly result: Float32Array;
}

export interface CodeArithmetic {
  /** Where items without a seed of their own come from. */
  readonly seed: number;
  readonly truncation?: number;
  /**
   * Brings normal parts of the result back to the length √d that normal codes of d numbers have. Off as
   * in the source when absent: means of few codes and sums of many terms then leave the usual length.
   */
  readonly renormalise?: boolean;
}

/**
 * Σ weight · mean of group. A mean of three or so codes carries what the items share better than one
 * code does. Radford, Metz, Chintala 2015, arXiv:1511.06434, section 6.3.2.
 */
export async function evaluateExpression(
  run: OpenRun,
  expression: Expression,
  asked: CodeArithmetic,
): Promise<Evaluated> {
  const { size, parts } = run.sampler.layout;
  const groups: Codes[] = [];
  for (const { group } of expression) groups.push(await resolveReferences(run, group, asked));
  const averages = new Float32Array(groups.length * size);
  const result = new Float32Array(size);
  groups.forEach(({ codes, count }, g) => {
    for (let k = 0; k < size; k++) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += codes[i * size + k]!;
      averages[g * size + k] = sum / count;
      result[k] = result[k]! + expression[g]!.weight * (sum / count);
    }
  });
  if (asked.renormalise) {
    for (const { distribution, from, size: d } of parts) {
      const part = result.subarray(from, from + d);
      const length = Math.hypot(...part);
      if (distribution !== "normal" || length === 0) continue;
      part.set(part.map((v) => (v * Math.sqrt(d)) / length));
    }
  }
  return { groups, averages, result };
}

export interface ArithmeticFile extends CodeArithmetic {
  /** .png for the figure; .npz, .csv or a folder for its items one by one. */
  readonly out: string;
  /** Neighbours of the result differ from it by noise uniform in ± this; 0.25 when absent. */
  readonly spread?: number;
  /** Also writes the result's code, for `sample`, `interpolate` and further arithmetic. */
  readonly code?: string;
  /** The class of all items, for a conditional generator; else that of each group's first item. */
  readonly label?: number;
}

/** Neighbours of the result: with it they fill three rows of three. */
const neighbours = 8;

/**
 * Draws what arithmetic on codes gives, as the figure of its source does: a column a group, its items
 * above the item of their mean; then nine items, the result in the middle and neighbours around it.
 *
 * One by one they are: the items of all groups, the means, the result, its eight neighbours.
 *
 * @param text see `parseExpression`
 * @throws GanymedeError EXPRESSION, and what `resolveReferences` and `writeSamples` throw
 */
export async function arithmetic(
  run: OpenRun,
  text: string,
  { out, code, spread = 0.25, label, ...asked }: ArithmeticFile,
): Promise<Evaluated> {
  const evaluated = await evaluateExpression(run, parseExpression(text), asked);
  const { groups, result } = evaluated;
  const around = neighboursOf(run, result, { seed: asked.seed, spread });
  const codes = joined([...groups.map((g) => g.codes), evaluated.averages, result, around]);
  const labels = run.game.sampler.classes ? { labels: labelsOf(groups, label) } : {};
  const request = { seed: asked.seed, count: codes.length / result.length, codes, ...labels };
  if (/\.png$/i.test(out) && isPicture(run.field)) {
    const pixels = pixelsOf(await run.sample(request), run.field);
    writeAtomic(out, encodePng(figure(run, pixels, groups)));
  } else {
    await writeSamples(run, request, { out });
  }
  if (code !== undefined) {
    const own = labels.labels ? { labels: [labels.labels.at(-1)!] } : {};
    await writeCodes(run, code, { codes: result, count: 1, ...own });
  }
  return evaluated;
}

/** Codes about the result. */
export function neighboursOf(
  { sampler }: OpenRun,
  result: Float32Array,
  { seed, spread }: { readonly seed: number; readonly spread: number },
): Float32Array {
  const { size } = sampler.layout;
  const noise = stream(seed, "arithmetic/neighbours").uniform(new Float32Array(neighbours * size));
  return noise.map((u, i) => result[i % size]! + (2 * u - 1) * spread);
}

function joined(pieces: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Classes in the order of the codes: what the figure is of is shown as the first group's class. */
function labelsOf(groups: readonly Codes[], label: number | undefined): number[] {
  const own = groups.flatMap((g) => g.labels!);
  const first = groups.map((g) => g.labels![0]!);
  const all = [...own, ...first, ...Array<number>(1 + neighbours).fill(first[0]!)];
  return label === undefined ? all : all.map(() => label);
}

/** The pictures of the figure on a grey ground. */
function figure({ field }: OpenRun, pixels: Uint8Array, groups: readonly Codes[]) {
  const ground = 96;
  const size = sizeOf(field.shape);
  const tallest = Math.max(...groups.map((g) => g.count));
  const rows = Math.max(tallest + 1, 3);
  const columns = groups.length + 4;
  const cells = new Uint8Array(rows * columns * size).fill(ground);
  const put = (item: number, row: number, column: number) => {
    const image = pixels.subarray(item * size, (item + 1) * size);
    cells.set(image, (row * columns + column) * size);
  };
  let item = 0;
  groups.forEach(({ count }, column) => {
    for (let row = 0; row < count; row++) put(item++, row, column);
  });
  groups.forEach((_, column) => {
    put(item++, tallest, column);
  });
  // The middle first, then from the upper left around it.
  const places = [4, 0, 1, 2, 3, 5, 6, 7, 8];
  for (const place of places) {
    put(item++, Math.floor(place / 3), groups.length + 1 + (place % 3));
  }
  return imageSheet(cells, field, { columns, background: ground });
}

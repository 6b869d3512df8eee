import type { Field, Source } from "../../../../src/data/source.ts";
import { drawCodes } from "../../../../src/train/codes.ts";
import { openWebData, type WebData } from "../../../../src/web/data.ts";
import type { CodeLayout } from "../../../../src/web/index.ts";
import { decodePoints, shapes } from "./shapes.ts";

/** The part of the plane that is shown, as networks see it. */
export interface Window {
  readonly left: number;
  readonly bottom: number;
  readonly side: number;
}

/** What is learnt, as far as it is drawn. */
export interface Ground {
  readonly data: WebData;
  readonly source: Source;
  readonly field: Field;
  /** [n, 2], as networks see them. */
  readonly real: Float32Array;
  readonly window: Window;
}

/** Points of the data and of the generator that are drawn and compared. */
export const shown = 256;

/**
 * Opens the data that a word of the address names: a source, `shape-<name>`, or `drawn` with the points
 * that were drawn.
 */
export async function openGround(name: string, drawn: string): Promise<Ground> {
  const data = dataOf(name, drawn);
  const source = await openWebData(data);
  const field = source.fields.point!;
  const real = seen(source.batch(0, shown, 0).point as Float32Array, field);
  const window = name === "drawn" ? { left: -2, bottom: -2, side: 4 } : windowAround(real);
  return { data, source, field, real, window };
}

function dataOf(name: string, drawn: string): WebData {
  const shape = shapes[name.replace(/^shape-/, "")];
  if (name === "drawn") return { kind: "points", points: decodePoints(drawn) };
  return shape ? { kind: "points", points: shape.points() } : { kind: "source", id: name };
}

const seen = (raw: ArrayLike<number>, { scale, offset }: Field): Float32Array =>
  Float32Array.from(raw, (v) => v * scale + offset);

/** Points as the data have them: what an oracle describes. */
export const rawOf = (points: Float32Array, { scale, offset }: Field): Float32Array =>
  points.map((v) => (v - offset) / scale);

/** A square about the points, with a margin for fakes that miss them. */
function windowAround(points: Float32Array): Window {
  const axis = (which: number) => points.filter((_, i) => i % 2 === which);
  const [x, y] = [axis(0), axis(1)];
  const middle = (v: Float32Array) => (Math.min(...v) + Math.max(...v)) / 2;
  const width = (v: Float32Array) => Math.max(...v) - Math.min(...v);
  const side = 1.35 * Math.max(width(x), width(y), 0.1);
  return { left: middle(x) - side / 2, bottom: middle(y) - side / 2, side };
}

/** Cells of the heat map, and lines of the mesh, a side. */
export const [cells, meshLines] = [40, 21];

/** The middles of the heat map's cells, [cells², 2], row by row from the lower left. */
export function gridOf({ left, bottom, side }: Window): Float32Array {
  return Float32Array.from({ length: 2 * cells * cells }, (_, i) => {
    const cell = Math.floor(i / 2);
    const at = i % 2 === 0 ? cell % cells : Math.floor(cell / cells);
    return (i % 2 === 0 ? left : bottom) + (side * (at + 0.5)) / cells;
  });
}

/** How far codes of a mesh reach: 2 standard deviations, or all of [−1, 1]. */
const reach = { normal: 2, uniform: 1 } as const;

/**
 * Codes that are drawn as points, then those of the mesh: the plane of the first two numbers of a code,
 * the others 0.
 */
export function codesOf(layout: CodeLayout): Float32Array {
  const drawn = drawCodes(layout, shown, { seed: 3, count: shown });
  const codes = new Float32Array(drawn.length + meshLines * meshLines * layout.size);
  codes.set(drawn);
  const far = reach[layout.parts[0]!.distribution];
  const at = (k: number) => far * ((2 * k) / (meshLines - 1) - 1);
  for (let i = 0; i < meshLines * meshLines; i++) {
    const from = drawn.length + i * layout.size;
    codes[from] = at(i % meshLines);
    if (layout.size > 1) codes[from + 1] = at(Math.floor(i / meshLines));
  }
  return codes;
}

/** The page's own points as a table to be saved: what `--data points.csv` reads, standardised. */
export function csvOf({ data }: Ground): string {
  const points = data.kind === "points" ? data.points : new Float32Array();
  const rows = Array.from({ length: points.length / 2 }, (_, i) =>
    [points[2 * i]!, points[2 * i + 1]!].map((v) => v.toFixed(4)).join(),
  );
  return `data:text/csv,${encodeURIComponent(["x,y", ...rows].join("\n"))}`;
}

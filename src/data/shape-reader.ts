import {
  colourNames,
  coverageOf,
  drawThings,
  shapeAreas,
  shapeColours,
  type Thing,
} from "./shapes.ts";

/** What a picture of one object shows, and how sure that is. */
export interface Reading extends Thing {
  /** Overlap of what is seen and the shape drawn anew, intersection over union, 0 to 1. */
  readonly fit: number;
}

/**
 * Reads shape, colour and place of one object on black, the inverse of `drawThings`: brightness is
 * coverage, its centre of mass and area give place and size, and of the shapes drawn anew with those the
 * one that overlaps best is taken; the colour is the nearest in direction to the mean.
 *
 * @param picture [3, side, side], 0 to 255
 * @returns undefined where less than one pixel is lit
 */
export function readThing(picture: ArrayLike<number>, side: number): Reading | undefined {
  const plane = side * side;
  const seen = Float64Array.from({ length: plane }, (_, i) => {
    const brightest = Math.max(picture[i]!, picture[plane + i]!, picture[2 * plane + i]!);
    return Math.min(1, Math.max(0, brightest / 255));
  });
  const area = seen.reduce((sum, v) => sum + v, 0);
  if (area < 1) return undefined;
  const mean = (at: (i: number) => number) =>
    seen.reduce((sum, v, i) => sum + v * at(i), 0) / area / side;
  const [x, y] = [mean((i) => (i % side) + 0.5), mean((i) => Math.floor(i / side) + 0.5)];
  const colour = nearestColour(picture, seen);
  const readings = shapeAreas.map((size, shape) => {
    const thing = { shape, colour, x, y, radius: Math.sqrt(area / size) / side };
    return { ...thing, fit: overlap(coverageOf(thing, side), seen) };
  });
  return readings.reduce((best, r) => (r.fit > best.fit ? r : best));
}

/**
 * How much a picture is one of a single thing on black: overlap, of all three colours, with the thing drawn
 * anew; 1 for what `drawThings` makes. Unlike `fit`, stray colours lower it.
 *
 * @param picture [3, side, side], 0 to 255
 */
export const likeness = (picture: ArrayLike<number>, thing: Thing, side: number): number =>
  overlap(picture, Float64Array.from(drawThings([thing], side)));

/** Quarters that lie opposite each other, of top left, top right, bottom left and bottom right. */
const diagonals = [
  [0, 3],
  [1, 2],
] as const;

/**
 * Reads two objects in opposite corners, each in its quarter of the picture: the inverse of `drawThings`
 * of a `pairOf`.
 *
 * @param picture [3, side, side], 0 to 255; the side is even
 * @param clear the least fit of what counts as an object, 0 to 1
 * @returns undefined unless two opposite quarters show an object, and the others none
 */
export function readPair(
  picture: ArrayLike<number>,
  side: number,
  { clear }: { readonly clear: number },
): readonly [Reading, Reading] | undefined {
  const seen = [0, 1, 2, 3].map((quarter) => {
    const read = readQuarter(picture, side, quarter);
    return read && read.fit >= clear ? read : undefined;
  });
  if (seen.filter((read) => read).length !== 2) return undefined;
  const across = diagonals.find(([a, b]) => seen[a] && seen[b]);
  return across && [seen[across[0]]!, seen[across[1]]!];
}

function readQuarter(
  picture: ArrayLike<number>,
  side: number,
  quarter: number,
): Reading | undefined {
  const half = side / 2;
  const [left, top] = [(quarter % 2) * half, Math.floor(quarter / 2) * half];
  const own = Float32Array.from({ length: 3 * half * half }, (_, at) => {
    const [x, y] = [at % half, Math.floor(at / half) % half];
    const channel = Math.floor(at / (half * half));
    return picture[(channel * side + top + y) * side + left + x]!;
  });
  const read = readThing(own, half);
  if (!read) return undefined;
  const place = { x: (read.x * half + left) / side, y: (read.y * half + top) / side };
  return { ...read, ...place, radius: read.radius / 2 };
}

function nearestColour(picture: ArrayLike<number>, seen: Float64Array): number {
  const mean = [0, 1, 2].map((c) =>
    seen.reduce((sum, v, i) => sum + v * Math.max(0, picture[c * seen.length + i]!), 0),
  );
  const length = Math.hypot(...mean);
  const cosines = colourNames.map((name) => {
    const own: readonly number[] = shapeColours[name];
    return own.reduce((sum, v, c) => sum + v * mean[c]!, 0) / (Math.hypot(...own) * length);
  });
  return cosines.indexOf(Math.max(...cosines));
}

function overlap(a: ArrayLike<number>, b: Float64Array): number {
  let [both, either] = [0, 0];
  b.forEach((v, i) => {
    both += Math.min(v, a[i]!);
    either += Math.max(v, a[i]!);
  });
  return both / either;
}

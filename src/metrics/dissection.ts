/** What the units of a layer answer to: the places of pictures where each of its maps is high. */
import { GanymedeError } from "../core/errors.ts";
import { makeResizer } from "../core/resize.ts";

/** Maps of a layer for some pictures, [count, units, height, width], row-major. */
export interface UnitMaps {
  readonly count: number;
  readonly units: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** A part of pictures of a common size, for each of them 0 or 1 a pixel, [count, height, width]. */
export interface Regions {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

const wholeShare = (share: number): void => {
  if (share > 0 && share < 1) return;
  throw new GanymedeError("METRIC_INPUT", {
    where: "unit regions",
    expected: "a share of the pixels between 0 and 1",
    got: String(share),
    fix: "0.05 takes the highest twentieth",
  });
};

/**
 * Where one unit answers most: its maps made as large as the pictures (bilinear), and of all their pixels
 * together the highest `share`. Bau, Zhou, Khosla, Oliva, Torralba 2017, arXiv:1704.05796, section 2.2.
 *
 * @throws GanymedeError METRIC_INPUT for a share outside (0, 1)
 */
export function unitRegions(
  maps: UnitMaps,
  unit: number,
  {
    height,
    width,
    share,
  }: { readonly height: number; readonly width: number; readonly share: number },
): Regions {
  wholeShare(share);
  const enlarge = makeResizer([maps.height, maps.width], [height, width], "bilinear");
  const [small, plane] = [maps.height * maps.width, height * width];
  const values = new Float32Array(maps.count * plane);
  for (let i = 0; i < maps.count; i++) {
    const at = (i * maps.units + unit) * small;
    enlarge(maps.data.subarray(at, at + small), values.subarray(i * plane, (i + 1) * plane));
  }
  const least = Float32Array.from(values).sort()[Math.floor((1 - share) * values.length)]!;
  return { height, width, data: Uint8Array.from(values, (v) => (v > least ? 1 : 0)) };
}

/** Pixels in both parts over pixels in either, of all pictures together; 0 where both are empty. */
export function overlapOf(a: Regions, b: Regions): number {
  let [both, either] = [0, 0];
  a.data.forEach((v, i) => {
    both += v & b.data[i]!;
    either += v | b.data[i]!;
  });
  return either === 0 ? 0 : both / either;
}

/** A place of a picture at which a unit answers. */
export interface Answer {
  /** Number of the picture. */
  readonly item: number;
  /** Shares of the picture's height and width. */
  readonly y: number;
  readonly x: number;
  readonly value: number;
}

/** The `count` pictures to which a unit answers most, each at its highest place, the highest first. */
export function topAnswers(maps: UnitMaps, unit: number, count: number): Answer[] {
  const { height, width } = maps;
  const small = height * width;
  const answers = Array.from({ length: maps.count }, (_, item) => {
    const at = (item * maps.units + unit) * small;
    const own = maps.data.subarray(at, at + small);
    const best = own.reduce((top, v, i) => (v > own[top]! ? i : top), 0);
    return {
      item,
      y: (Math.floor(best / width) + 0.5) / height,
      x: ((best % width) + 0.5) / width,
      value: own[best]!,
    };
  });
  return answers.sort((a, b) => b.value - a.value || a.item - b.item).slice(0, count);
}

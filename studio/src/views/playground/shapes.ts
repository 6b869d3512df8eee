import { stream } from "../../../../src/core/random.ts";

/** Points of a page's own, [count, 2], in the square of side 4 about 0. */
export interface Shape {
  readonly title: string;
  readonly points: () => Float32Array;
}

/** Points of a shape, and their distance from its line. */
const [count, blur] = [400, 0.05];

/** Points along a curve, which takes a number in [0, 1) and says which half the point is of. */
function along(name: string, curve: (t: number, half: 0 | 1) => readonly [number, number]) {
  return (): Float32Array => {
    const where = stream(0, `shape/${name}`).uniform(new Float32Array(count));
    const noise = stream(0, `shape/${name} blur`).normal(new Float32Array(2 * count));
    const points = new Float32Array(2 * count);
    for (let i = 0; i < count; i++) {
      const [x, y] = curve(where[i]!, (i % 2) as 0 | 1);
      points[2 * i] = x + blur * noise[2 * i]!;
      points[2 * i + 1] = y + blur * noise[2 * i + 1]!;
    }
    return points;
  };
}

const turn = 2 * Math.PI;

/** What can be chosen in place of drawing. */
export const shapes: Readonly<Record<string, Shape>> = {
  clouds: {
    title: "Two clouds",
    points: along("clouds", (t, half) => {
      const side = half ? 1.1 : -1.1;
      return [side + 0.2 * Math.cos(turn * t), 0.5 * side + 0.2 * Math.sin(3 * turn * t)];
    }),
  },
  moons: {
    title: "Two moons",
    points: along("moons", (t, half) =>
      half
        ? [0.5 + Math.cos(Math.PI * t), 0.25 - Math.sin(Math.PI * t)]
        : [-0.5 + Math.cos(Math.PI * t), -0.25 + Math.sin(Math.PI * t)],
    ),
  },
  spiral: {
    title: "Two spirals",
    points: along("spiral", (t, half) => {
      const [radius, angle] = [0.2 + 1.3 * t, 1.25 * turn * t + (half ? Math.PI : 0)];
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    }),
  },
  cross: {
    title: "A cross",
    points: along("cross", (t, half) => (half ? [3 * t - 1.5, 0] : [0, 3 * t - 1.5])),
  },
  heart: {
    title: "A heart",
    points: along("heart", (t) => {
      const a = turn * t;
      const y = 13 * Math.cos(a) - 5 * Math.cos(2 * a) - 2 * Math.cos(3 * a) - Math.cos(4 * a);
      return [1.5 * Math.sin(a) ** 3, y / 11];
    }),
  },
};

/** Points that somebody draws at most: they are part of the address. */
export const mostDrawn = 400;

/** In the address: each coordinate of [−2, 2] as a byte. */
export function encodePoints(points: Float32Array): string {
  const bytes = Array.from(points, (v) => Math.round(((v + 2) / 4) * 255));
  const text = String.fromCharCode(...bytes.map((b) => Math.min(255, Math.max(0, b))));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** None for what is no such text. */
export function decodePoints(text: string): Float32Array {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const length = Math.min(2 * mostDrawn, bytes.length - (bytes.length % 2));
    return Float32Array.from({ length }, (_, i) => (4 * bytes.charCodeAt(i)) / 255 - 2);
  } catch {
    return new Float32Array();
  }
}

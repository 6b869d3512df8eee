/**
 * Ways to spoil raw grey pictures (0 to 255), by degrees. The first five and contamination by another
 * data set are those of Heusel et al. 2017, arXiv:1706.08500, appendix A1; strengths at level 1 are
 * the greatest there, unless a comment says otherwise.
 */
import { stream } from "../src/core/random.ts";

export interface Spoiling {
  /** Pixels; pictures are square. */
  readonly side: number;
  /** 0: pictures as they are, to 1. Draws are the same at all levels, which differ in strength alone. */
  readonly level: number;
  readonly seed: number;
}

/** Gives new pictures, in whole grey values. */
export type Degradation = (raw: Float32Array, how: Spoiling) => Float32Array;

const whole = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** (1 − a)x + a·n, n normal about the middle grey, two deviations to black and white. */
export const gaussianNoise: Degradation = (raw, { level, seed }) => {
  const share = 0.75 * level;
  const noise = stream(seed, "degradation/noise").normal(new Float32Array(raw.length));
  return raw.map((v, i) => whole((1 - share) * v + share * (127.5 + 63.75 * noise[i]!)));
};

/** A deviation of an eighth of the side: twice the source's, since 16 pixels hide a slight blur. */
export const gaussianBlur: Degradation = (raw, { side, level }) => {
  const sigma = (level * side) / 8;
  if (sigma === 0) return raw.slice();
  const reach = Math.ceil(4 * sigma);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-(((k - reach) / sigma) ** 2) / 2),
  );
  const total = kernel.reduce((a, b) => a + b, 0);
  const along = (from: Float64Array, index: (line: number, at: number) => number) => {
    const to = new Float64Array(side * side);
    for (let line = 0; line < side; line++) {
      for (let at = 0; at < side; at++) {
        const sum = kernel.reduce((s, weight, k) => {
          const near = Math.min(side - 1, Math.max(0, at + k - reach));
          return s + weight * from[index(line, near)]!;
        }, 0);
        to[index(line, at)] = sum / total;
      }
    }
    return to;
  };
  return eachPicture(raw, side, (picture) => {
    const rows = along(Float64Array.from(picture), (y, x) => y * side + x);
    return along(rows, (x, y) => y * side + x);
  });
};

/** Five black squares anywhere, wholly inside, of half the side: three quarters leave nothing of a digit. */
export const blackRectangles: Degradation = (raw, { side, level, seed }) => {
  const edge = Math.round(0.5 * level * side);
  const u = stream(seed, "degradation/rectangles").uniform(
    new Float32Array((raw.length / side ** 2) * 10),
  );
  return eachPicture(raw, side, (picture, i) => {
    const black = picture.slice();
    for (let k = 0; k < 5; k++) {
      const left = Math.floor(u[i * 10 + 2 * k]! * (side - edge + 1));
      const top = Math.floor(u[i * 10 + 2 * k + 1]! * (side - edge + 1));
      for (let y = top; y < top + edge; y++) black.fill(0, y * side + left, y * side + left + edge);
    }
    return black;
  });
};

/**
 * Turned by 4 radians in the middle, less by a factor e for each 0.2166 sides from there (scikit-image's
 * swirl with its radius 100 on 64 pixels: ln 2/5·100/64), bilinear, black beyond the edge.
 */
export const swirl: Degradation = (raw, { side, level }) => {
  const [middle, decay] = [(side - 1) / 2, ((Math.LN2 / 5) * 100 * side) / 64];
  const sources = Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [(at % side) - middle, Math.floor(at / side) - middle];
    const radius = Math.hypot(x, y);
    const angle = Math.atan2(y, x) + 4 * level * Math.exp(-radius / decay);
    return [middle + radius * Math.cos(angle), middle + radius * Math.sin(angle)] as const;
  });
  return eachPicture(raw, side, (picture) =>
    sources.map(([x, y]) => bilinear(picture, side, x, y)),
  );
};

function bilinear(picture: Float32Array, side: number, x: number, y: number): number {
  const pixel = (px: number, py: number) =>
    px >= 0 && px < side && py >= 0 && py < side ? picture[py * side + px]! : 0;
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, down] = [x - left, y - top];
  const upper = (1 - right) * pixel(left, top) + right * pixel(left + 1, top);
  const lower = (1 - right) * pixel(left, top + 1) + right * pixel(left + 1, top + 1);
  return (1 - down) * upper + down * lower;
}

/** Three tenths of the pixels become black or white, as often one as the other. */
export const saltAndPepper: Degradation = (raw, { level, seed }) => {
  const u = stream(seed, "degradation/salt").uniform(new Float32Array(raw.length));
  const share = 0.3 * level;
  // Half the interval each, from its two ends, so that a pixel hit at one level keeps its colour at all.
  return raw.map((v, i) => (u[i]! < share / 2 ? 0 : u[i]! > 1 - share / 2 ? 255 : v));
};

/** Three quarters of the pictures give way to `strangers`: picture i to stranger i, modulo their number. */
export const contamination =
  (strangers: Float32Array): Degradation =>
  (raw, { side, level, seed }) => {
    const size = side * side;
    const u = stream(seed, "degradation/contamination").uniform(
      new Float32Array(raw.length / size),
    );
    return eachPicture(raw, side, (picture, i) => {
      if (u[i]! >= 0.75 * level) return picture;
      const at = (i * size) % strangers.length;
      return strangers.subarray(at, at + size);
    });
  };

/** What can be done to any pictures without others at hand. */
export const degradations = {
  "gaussian noise": gaussianNoise,
  "gaussian blur": gaussianBlur,
  "black rectangles": blackRectangles,
  swirl,
  "salt and pepper": saltAndPepper,
} satisfies Readonly<Record<string, Degradation>>;

function eachPicture(
  raw: Float32Array,
  side: number,
  change: (picture: Float32Array, i: number) => ArrayLike<number>,
): Float32Array {
  const size = side * side;
  const changed = new Float32Array(raw.length);
  for (let i = 0; i * size < raw.length; i++) {
    const picture = change(raw.subarray(i * size, (i + 1) * size), i);
    for (let k = 0; k < size; k++) changed[i * size + k] = whole(picture[k]!);
  }
  return changed;
}

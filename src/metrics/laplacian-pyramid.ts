/** Images as a sum of bands, each of half the size of the one before. */

/** A level of a pyramid: planes [count, side heights and widths], row-major. */
export interface Level {
  readonly height: number;
  readonly width: number;
  /** [planes, height, width]. */
  readonly data: Float32Array;
}

/** Burt and Adelson's kernel with a = 0.375, the binomial one. */
const kernel = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16] as const;

/**
 * The Laplacian pyramid of planes: each level is what halving its size loses, the last is what remains;
 * each level doubled and added to the finer one gives the planes back. Burt, Adelson 1983, The
 * Laplacian pyramid as a compact image code; edges are mirrored as in ProGAN's metric.
 *
 * @param planes [count, height, width]
 * @param least no level has a smaller side
 */
export function laplacianPyramid(planes: Level, least: number): Level[] {
  const levels: Level[] = [];
  let gaussian = planes;
  while (Math.min(half(gaussian.height), half(gaussian.width)) >= least) {
    const smaller = halved(gaussian);
    const back = doubled(smaller, gaussian);
    levels.push({ ...gaussian, data: gaussian.data.map((v, i) => v - back.data[i]!) });
    gaussian = smaller;
  }
  return [...levels, gaussian];
}

/** The planes that a pyramid was made of. */
export const fromPyramid = (levels: readonly Level[]): Level =>
  levels.reduceRight((coarse, level) => {
    const back = doubled(coarse, level);
    return { ...level, data: level.data.map((v, i) => v + back.data[i]!) };
  });

const half = (size: number) => Math.ceil(size / 2);

/** Smoothed, then every other row and column. */
const halved = (level: Level): Level =>
  eachAxis(level, { height: half(level.height), width: half(level.width) }, (to, from) =>
    kernel.map((weight, k) => [mirrored(2 * to + k - 2, from), weight]),
  );

/** Zeros between rows and columns, smoothed by twice the kernel. */
const doubled = (level: Level, { height, width }: Size): Level =>
  eachAxis(level, { height, width }, (to, from, size) =>
    kernel.flatMap((weight, k) => {
      const at = mirrored(to + k - 2, size);
      return at % 2 === 0 && at / 2 < from ? [[at / 2, 2 * weight]] : [];
    }),
  );

type Size = Pick<Level, "height" | "width">;

/** Weights of the numbers of a line of length `from` in the number `to` of one of length `size`. */
type Taps = (to: number, from: number, size: number) => (readonly [number, number])[];

/** Index −1 is 1, index n is n − 2. */
function mirrored(i: number, n: number): number {
  if (n === 1) return 0;
  const period = 2 * (n - 1);
  const at = ((i % period) + period) % period;
  return at < n ? at : period - at;
}

/** Along rows, then along columns. */
function eachAxis(
  { height: h, width: w, data }: Level,
  { height, width }: Size,
  taps: Taps,
): Level {
  const columns = Array.from({ length: width }, (_, x) => taps(x, w, width));
  const rows = Array.from({ length: height }, (_, y) => taps(y, h, height));
  const planes = data.length / (h * w);
  const between = new Float32Array(planes * h * width);
  for (let line = 0; line < planes * h; line++) {
    columns.forEach((tap, x) => {
      let sum = 0;
      for (const [at, weight] of tap) sum += weight * data[line * w + at]!;
      between[line * width + x] = sum;
    });
  }
  const out = new Float32Array(planes * height * width);
  for (let p = 0; p < planes; p++) {
    rows.forEach((tap, y) => {
      const to = (p * height + y) * width;
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (const [at, weight] of tap) sum += weight * between[(p * h + at) * width + x]!;
        out[to + x] = sum;
      }
    });
  }
  return { height, width, data: out };
}

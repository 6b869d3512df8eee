import { GanymedeError } from "../core/errors.ts";
import type { Rows } from "./metric.ts";

/**
 * How far each image leans: pixels to the right for each pixel up, −μ₁₁/μ₀₂ of its central moments
 * with y downwards. The slope of the ink's least-squares line x(y), and what deskewing takes out: a
 * shear by s adds exactly s. Hu 1962, "Visual pattern recognition by moment invariants" (moments).
 *
 * @param images [n, height·width], intensities ≥ 0, 0 where nothing is
 * @param shape [height, width]
 * @returns [n]; 0 for an image without ink or with ink in one row only
 * @throws GanymedeError METRIC_INPUT for rows of another width than the shape's, or a negative or
 *   non-finite intensity
 */
export function slants(
  images: Rows,
  shape: readonly [height: number, width: number],
): Float64Array {
  const [height, width] = shape;
  const bad = images.data.findIndex((v) => !(v >= 0 && v < Number.POSITIVE_INFINITY));
  if (images.width !== height * width || bad >= 0) {
    throw new GanymedeError("METRIC_INPUT", {
      where: "slant",
      expected: `images of ${height}x${width} intensities from 0`,
      got: bad >= 0 ? String(images.data[bad]) : `${images.width} numbers an image`,
      fix: "shift images so that black is 0, and give their height and width",
    });
  }
  return Float64Array.from({ length: images.count }, (_, i) =>
    slantOf(images.data.subarray(i * images.width, (i + 1) * images.width), width),
  );
}

function slantOf(image: Rows["data"], width: number): number {
  let [mass, mx, my] = [0, 0, 0];
  image.forEach((v, i) => {
    mass += v;
    mx += v * (i % width);
    my += v * Math.floor(i / width);
  });
  if (mass === 0) return 0;
  const [cx, cy] = [mx / mass, my / mass];
  let [xy, yy] = [0, 0];
  image.forEach((v, i) => {
    const y = Math.floor(i / width) - cy;
    xy += v * ((i % width) - cx) * y;
    yy += v * y * y;
  });
  return yy > 0 ? -xy / yy : 0;
}

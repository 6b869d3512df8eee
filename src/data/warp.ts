/** How the warped image's position relative to the centre, x to the right and y down, maps back. */
export type Linear = readonly [xx: number, xy: number, yx: number, yy: number];

/** Back from an image sheared by s, whose points at height h above the centre moved right by s·h. */
export const shearBack = (s: number): Linear => [1, s, 0, 1];

/** Back from an image rotated clockwise by an angle in radians. */
export const rotateBack = (angle: number): Linear => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [c, s, -s, c];
};

/**
 * Writes to `out` the square image whose value at p is `image`'s at centre + back·(p − centre),
 * bilinear, 0 outside.
 */
export function warp(
  image: ArrayLike<number>,
  side: number,
  [xx, xy, yx, yy]: Linear,
  out: Float32Array,
): void {
  const centre = (side - 1) / 2;
  const at = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < side && y < side ? image[y * side + x]! : 0;
  for (let i = 0; i < out.length; i++) {
    const [dx, dy] = [(i % side) - centre, Math.floor(i / side) - centre];
    const [x, y] = [centre + xx * dx + xy * dy, centre + yx * dx + yy * dy];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - left, y - top];
    out[i] =
      (1 - fy) * ((1 - fx) * at(left, top) + fx * at(left + 1, top)) +
      fy * ((1 - fx) * at(left, top + 1) + fx * at(left + 1, top + 1));
  }
}

/**
 * Triangles as an exactly known manifold: each picture is a smooth function of six numbers. The data
 * of Lucic et al. 2018, arXiv:1711.10337, section 5.2, whose exact ranges are not printed: ours are
 * the acute and right-angled triangles of `triangleRanges`, all inside the picture.
 */

/** Centre (x, y), circumradius, direction of the first corner, angle to the second and to the third. */
export type Triangle = readonly [
  x: number,
  y: number,
  radius: number,
  direction: number,
  second: number,
  third: number,
];

/** Least angle between two corners as seen from the centre: the third gap is what is left of 2π. */
export const leastGap = Math.PI / 2;

/** Ranges of centre and radius, as shares of the side; corners lie at most on the picture's edge. */
export const triangleRanges = { centre: [3 / 8, 5 / 8], radius: [1 / 4, 3 / 8] } as const;

/**
 * The triangle of six uniform numbers in (0, 1), for pictures of `side` pixels: centre, radius and
 * direction uniform in their ranges, the gaps uniform among those of at least 90°.
 */
export function triangleOf(u: ArrayLike<number>, side: number): Triangle {
  const within = ([low, high]: readonly [number, number], share: number) =>
    side * (low + (high - low) * share);
  const spare = 2 * Math.PI - 3 * leastGap;
  const [first, last] = [Math.min(u[4]!, u[5]!), Math.max(u[4]!, u[5]!)];
  return [
    within(triangleRanges.centre, u[0]!),
    within(triangleRanges.centre, u[1]!),
    within(triangleRanges.radius, u[2]!),
    2 * Math.PI * u[3]!,
    leastGap + spare * first,
    leastGap + spare * (last - first),
  ];
}

/** The allowed triangle next to `t`, number by number. Its direction may be any number. */
export function allowedTriangle(t: Triangle, side: number): Triangle {
  const hold = (v: number, [low, high]: readonly [number, number]) =>
    Math.min(Math.max(v, side * low), side * high);
  const widest = 2 * Math.PI - 2 * leastGap;
  const second = Math.min(Math.max(t[4], leastGap), widest);
  const third = Math.min(Math.max(t[5], leastGap), 2 * Math.PI - leastGap - second);
  return [
    hold(t[0], triangleRanges.centre),
    hold(t[1], triangleRanges.centre),
    hold(t[2], triangleRanges.radius),
    t[3],
    second,
    third,
  ];
}

/**
 * Draws a triangle: clip(½ + d, 0, 1) at each pixel's centre, d being the signed distance in pixels to
 * the nearest of its three sides' lines, positive inside. So a side is a ramp one pixel wide, and the
 * picture moves smoothly with the six numbers.
 *
 * @param out side² values in [0, 1] from `offset` on, row by row
 */
export function drawTriangle(
  [x, y, radius, direction, second, third]: Triangle,
  side: number,
  out: Float32Array | Float64Array,
  offset = 0,
): void {
  const angles = [direction, direction + second, direction + second + third];
  // Distance to the line of side k at (px, py): a·px + b·py + c.
  const lines = angles.map((from, k) => {
    const to = angles[(k + 1) % 3]!;
    const [ax, ay] = [x + radius * Math.cos(from), y + radius * Math.sin(from)];
    const [dx, dy] = [x + radius * Math.cos(to) - ax, y + radius * Math.sin(to) - ay];
    const length = Math.hypot(dx, dy);
    return [-dy / length, dx / length, (dy * ax - dx * ay) / length] as const;
  });
  const [[a0, b0, c0], [a1, b1, c1], [a2, b2, c2]] = lines as [Line, Line, Line];
  for (let row = 0; row < side; row++) {
    const py = row + 0.5;
    for (let column = 0; column < side; column++) {
      const px = column + 0.5;
      const inside = Math.min(
        a0 * px + b0 * py + c0,
        a1 * px + b1 * py + c1,
        a2 * px + b2 * py + c2,
      );
      out[offset + row * side + column] = Math.min(Math.max(inside + 0.5, 0), 1);
    }
  }
}

type Line = readonly [number, number, number];

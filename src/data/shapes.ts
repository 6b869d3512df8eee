/** Coloured shapes on black whose every attribute, mask and caption is known exactly. */

export const shapeNames = ["square", "circle", "triangle", "cross"] as const;

/** Name → red, green, blue. */
export const shapeColours = {
  red: [255, 0, 0],
  green: [0, 255, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  magenta: [255, 0, 255],
  cyan: [0, 255, 255],
} as const;
export const colourNames = Object.keys(shapeColours) as (keyof typeof shapeColours)[];

/** One object. Lengths are shares of the picture's side, y grows downwards. */
export interface Thing {
  /** Index in `shapeNames`. */
  readonly shape: number;
  /** Index in `colourNames`. */
  readonly colour: number;
  /** Centre of mass. */
  readonly x: number;
  readonly y: number;
  /** Of the circle of the same size; other shapes have about its area. */
  readonly radius: number;
}

/** No point of a shape is further from its centre than this many radii, along either axis. */
export const reach = 1.44;

/** Signed distance to the outline at (dx, dy) from the centre, all in radii; positive inside. */
const insides: readonly ((dx: number, dy: number) => number)[] = [
  (dx, dy) => 0.886 - Math.max(Math.abs(dx), Math.abs(dy)),
  (dx, dy) => 1 - Math.hypot(dx, dy),
  (dx, dy) => 0.72 - Math.max(dy, (Math.sqrt(3) / 2) * Math.abs(dx) - dy / 2),
  (dx, dy) => {
    const [long, short] = [
      Math.max(Math.abs(dx), Math.abs(dy)),
      Math.min(Math.abs(dx), Math.abs(dy)),
    ];
    return Math.min(1.2 - long, 0.42 - short);
  },
];

/** Areas in squares of the radius, in the order of `shapeNames`. */
export const shapeAreas = [
  4 * 0.886 ** 2,
  Math.PI,
  3 * Math.sqrt(3) * 0.72 ** 2,
  8 * 1.2 * 0.42 - 4 * 0.42 ** 2,
];

/**
 * The share of each pixel that an object covers: clip(½ + d, 0, 1), d being the signed distance in pixels
 * of the pixel's centre to the outline. So an edge is a ramp one pixel wide, at any size.
 *
 * @returns f32 [side, side] in [0, 1]
 */
export function coverageOf({ shape, x, y, radius }: Thing, side: number): Float32Array {
  const inside = insides[shape]!;
  const r = radius * side;
  return Float32Array.from({ length: side * side }, (_, at) => {
    const dx = ((at % side) + 0.5 - x * side) / r;
    const dy = (Math.floor(at / side) + 0.5 - y * side) / r;
    return Math.min(1, Math.max(0, 0.5 + r * inside(dx, dy)));
  });
}

/** Objects drawn one over the other on black: u8 [3, side, side]. */
export function drawThings(things: readonly Thing[], side: number): Uint8Array {
  const plane = side * side;
  const light = new Float64Array(3 * plane);
  for (const thing of things) {
    const coverage = coverageOf(thing, side);
    shapeColours[colourNames[thing.colour]!].forEach((value, c) => {
      for (let i = 0; i < plane; i++) {
        const at = c * plane + i;
        light[at] = light[at]! + coverage[i]! * (value - light[at]!);
      }
    });
  }
  return Uint8Array.from(light, Math.round);
}

/** Numbers of uniform numbers that `thingsOf` and `pairOf` take. */
export const drawsPerPicture = 12;

export const sizes = ["small", "usual", "large"] as const;

/**
 * How large objects are: `small` ones fill a twentieth of the picture, `large` ones are nearly as wide as it
 * or as their half of it.
 */
export type Size = (typeof sizes)[number];

/** Least radius and how much more the greatest one is, of one object and of each of two. */
const radii = {
  small: { 1: [0.1, 0.04], 2: [0.08, 0.03] },
  usual: { 1: [0.15, 0.09], 2: [0.11, 0.05] },
  large: { 1: [0.28, 0.06], 2: [0.15, 0.02] },
} as const;

/**
 * The objects of uniform numbers in (0, 1): one anywhere in the picture, or two in opposite halves, left
 * and right or above and below, of which neither covers the other.
 */
export function thingsOf(u: ArrayLike<number>, objects: 1 | 2, of: Size): Thing[] {
  const [least, more] = radii[of][objects];
  const sideways = u[10]! < 0.5;
  const swapped = u[11]! < 0.5;
  return Array.from({ length: objects }, (_, k) => {
    const [shape, colour, across, along, size] = [0, 1, 2, 3, 4].map((i) => u[5 * k + i]!);
    const radius = least + more * size!;
    const within = (share: number, from: number, to: number) =>
      from + reach * radius + share * (to - from - 2 * reach * radius);
    const second = (k === 1) !== swapped;
    const halved = within(across!, second ? 0.5 : 0, second ? 1 : 0.5);
    const [first, other] = [objects === 1 ? within(across!, 0, 1) : halved, within(along!, 0, 1)];
    return {
      shape: Math.floor(shape! * shapeNames.length),
      colour: Math.floor(colour! * colourNames.length),
      x: sideways ? first : other,
      y: sideways ? other : first,
      radius,
    };
  });
}

/**
 * Two objects of one colour in opposite corners, of the same numbers: each lies wholly in its quarter of
 * the picture, the second below or above the first and on the other side.
 */
export function pairOf(u: ArrayLike<number>): Thing[] {
  const falling = u[10]! < 0.5;
  const swapped = u[11]! < 0.5;
  const colour = Math.floor(u[1]! * colourNames.length);
  return [0, 1].map((k) => {
    const [shape, , across, along, size] = [0, 1, 2, 3, 4].map((i) => u[5 * k + i]!);
    const radius = 0.11 + 0.05 * size!;
    const within = (share: number, far: boolean) =>
      (far ? 0.5 : 0) + reach * radius + share * (0.5 - 2 * reach * radius);
    const right = (k === 1) !== swapped;
    return {
      shape: Math.floor(shape! * shapeNames.length),
      colour,
      x: within(across!, right),
      y: within(along!, right === falling),
      radius,
    };
  });
}

/** "a red square", or "a red square left of a blue circle": the first is what the caption is about. */
export function captionOf([one, two]: readonly Thing[]): string {
  const said = ({ shape, colour }: Thing) => `a ${colourNames[colour]} ${shapeNames[shape]}`;
  if (!one) return "";
  if (!two) return said(one);
  const [dx, dy] = [two.x - one.x, two.y - one.y];
  const beside = Math.abs(dx) > Math.abs(dy);
  const relation = beside ? (dx > 0 ? "left of" : "right of") : dy > 0 ? "above" : "below";
  return `${said(one)} ${relation} ${said(two)}`;
}

/** The words of captions; the first fills up short ones. */
export const captionWords = [
  ...["", "a", "left", "right", "of", "above", "below"],
  ...colourNames,
  ...shapeNames,
];

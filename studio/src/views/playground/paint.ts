import { cells, type Ground, meshLines, type Window } from "./ground.ts";
import type { Scene } from "./lesson.svelte.ts";

/** What is drawn over each other. */
export const layers = {
  surface: "Discriminator",
  mesh: "Manifold",
  real: "Data",
  fakes: "Fakes",
  arrows: "Arrows",
} as const;
export type Layer = keyof typeof layers;

export interface Palette {
  readonly ground: string;
  readonly real: string;
  readonly fake: string;
  readonly mesh: string;
  readonly text: string;
}

/** A scene, or as much of it as there is. */
export type Drawn = Partial<Omit<Scene, "ground">> & {
  readonly ground: Pick<Ground, "real" | "window">;
};

/** Longest arrow, as a share of the side. */
const longest = 0.07;
/** How much of its colour a cell takes at most: points stay legible on it. */
const strongest = 150;

/** Draws a scene on a square of `size` pixels. */
export function paint(
  pen: CanvasRenderingContext2D,
  size: number,
  scene: Drawn,
  { shown, palette }: { readonly shown: ReadonlySet<Layer>; readonly palette: Palette },
): void {
  pen.fillStyle = palette.ground;
  pen.fillRect(0, 0, size, size);
  const at = placer(scene.ground.window, size);
  if (shown.has("surface") && scene.scores) paintSurface(pen, size, scene.scores, palette);
  if (shown.has("mesh") && scene.mesh) paintMesh(pen, scene.mesh, at, palette);
  const unit = size / 460;
  if (shown.has("real")) {
    pen.fillStyle = palette.real;
    eachPoint(scene.ground.real, at, (x, y) => dot(pen, x, y, 2.1 * unit));
  }
  if (shown.has("fakes") && scene.fakes) {
    pen.strokeStyle = palette.fake;
    pen.lineWidth = 1.6 * unit;
    eachPoint(scene.fakes, at, (x, y) => cross(pen, x, y, 2.8 * unit));
  }
  if (shown.has("arrows") && scene.pulled && scene.pull) {
    paintArrows(pen, { from: scene.pulled, pull: scene.pull }, at, { size, colour: palette.text });
  }
}

type Place = (x: number, y: number) => readonly [number, number];

const placer =
  ({ left, bottom, side }: Window, size: number): Place =>
  (x, y) => [((x - left) / side) * size, (1 - (y - bottom) / side) * size];

function eachPoint(points: Float32Array, at: Place, draw: (x: number, y: number) => void): void {
  for (let i = 0; i < points.length; i += 2) draw(...at(points[i]!, points[i + 1]!));
}

function dot(pen: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function cross(pen: CanvasRenderingContext2D, x: number, y: number, arm: number): void {
  pen.beginPath();
  pen.moveTo(x - arm, y - arm);
  pen.lineTo(x + arm, y + arm);
  pen.moveTo(x - arm, y + arm);
  pen.lineTo(x + arm, y - arm);
  pen.stroke();
}

/** The middle of the colours, and how far from it they are full. */
export function scaleOf(scores: Float32Array): {
  readonly middle: number;
  readonly spread: number;
} {
  const sorted = scores.slice().sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const [low, high] = [at(0.05), at(0.95)];
  return { middle: (low + high) / 2, spread: Math.max((high - low) / 2, 1e-6) };
}

/** Scores about their middle: the colour of data above it, that of fakes below. */
function paintSurface(
  pen: CanvasRenderingContext2D,
  size: number,
  scores: Float32Array,
  { real, fake }: Palette,
): void {
  const { middle, spread } = scaleOf(scores);
  const image = new ImageData(cells, cells);
  const colours = [rgbOf(fake), rgbOf(real)];
  for (let i = 0; i < scores.length; i++) {
    const t = Math.tanh((1.5 * (scores[i]! - middle)) / spread);
    // Rows of pixels run downwards.
    const pixel = 4 * ((cells - 1 - Math.floor(i / cells)) * cells + (i % cells));
    image.data.set(colours[t > 0 ? 1 : 0]!, pixel);
    image.data[pixel + 3] = strongest * Math.abs(t);
  }
  const small = new OffscreenCanvas(cells, cells);
  small.getContext("2d")!.putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, size, size);
}

const rgbOf = (hex: string): number[] =>
  [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

function paintMesh(
  pen: CanvasRenderingContext2D,
  mesh: Float32Array,
  at: Place,
  { mesh: colour }: Palette,
): void {
  pen.strokeStyle = colour;
  pen.globalAlpha = 0.55;
  pen.lineWidth = 1;
  pen.beginPath();
  const go = (i: number, first: boolean) => {
    const [x, y] = at(mesh[2 * i]!, mesh[2 * i + 1]!);
    if (first) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  };
  for (let a = 0; a < meshLines; a++) {
    for (let b = 0; b < meshLines; b++) go(a * meshLines + b, b === 0);
    for (let b = 0; b < meshLines; b++) go(b * meshLines + a, b === 0);
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

function paintArrows(
  pen: CanvasRenderingContext2D,
  { from, pull }: { readonly from: Float32Array; readonly pull: Float32Array },
  at: Place,
  { size, colour }: { readonly size: number; readonly colour: string },
): void {
  const lengths = Array.from({ length: pull.length / 2 }, (_, i) =>
    Math.hypot(pull[2 * i]!, pull[2 * i + 1]!),
  );
  // One fake far out must not make all other arrows vanish.
  const usual = [...lengths].sort((a, b) => a - b)[Math.floor(0.8 * lengths.length)]!;
  pen.strokeStyle = colour;
  pen.lineWidth = size / 400;
  pen.beginPath();
  for (const [i, length] of lengths.entries()) {
    if (!(length > 0) || !(usual > 0)) continue;
    const [x, y] = at(from[2 * i]!, from[2 * i + 1]!);
    const shownLength = longest * size * Math.min(1, length / usual);
    const [dx, dy] = [pull[2 * i]! / length, -pull[2 * i + 1]! / length];
    const [ex, ey] = [x + shownLength * dx, y + shownLength * dy];
    const head = Math.min(shownLength / 2, size / 90);
    pen.moveTo(x, y);
    pen.lineTo(ex, ey);
    pen.moveTo(ex - head * (dx + 0.6 * dy), ey - head * (dy - 0.6 * dx));
    pen.lineTo(ex, ey);
    pen.lineTo(ex - head * (dx - 0.6 * dy), ey - head * (dy + 0.6 * dx));
  }
  pen.stroke();
}

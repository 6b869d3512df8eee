import type { CriticHistogram } from "../../../../src/train/examination.ts";

interface Colours {
  readonly real: string;
  readonly fake: string;
  /** Of the moment that is shown. */
  readonly mark: string;
}

const sides = ["real", "fake"] as const;

/** The outputs between which all histograms lie. */
export function rangeOf(all: readonly CriticHistogram[]): readonly [low: number, high: number] {
  const low = all.reduce((least, h) => Math.min(least, h.low), Number.POSITIVE_INFINITY);
  const high = all.reduce((most, h) => Math.max(most, h.high), Number.NEGATIVE_INFINITY);
  return low < high ? [low, high] : [0, 1];
}

/** Bars of one moment, real behind fake, both to the height of the tallest. */
export function drawMoment(
  canvas: HTMLCanvasElement,
  histogram: CriticHistogram,
  [from, to]: readonly [number, number],
  colours: Colours,
): void {
  const context = canvas.getContext("2d")!;
  const { width, height } = canvas;
  const { low, high } = histogram;
  context.clearRect(0, 0, width, height);
  const tallest = Math.max(1, ...histogram.real, ...histogram.fake);
  const x = (value: number) => ((value - from) / (to - from)) * width;
  for (const side of sides) {
    const counts = histogram[side];
    const bin = (high - low) / counts.length;
    context.globalAlpha = 0.65;
    context.fillStyle = colours[side];
    counts.forEach((count, i) => {
      const tall = (count / tallest) * (height - 8);
      const left = x(low + i * bin);
      context.fillRect(left, height - tall, Math.max(1, x(low + (i + 1) * bin) - left), tall);
    });
  }
  context.globalAlpha = 1;
}

/** A column for each look, output upwards: the more items, the denser. */
export function drawOverTime(
  canvas: HTMLCanvasElement,
  looks: readonly { readonly critic: CriticHistogram }[],
  [from, to]: readonly [number, number],
  { index, ...colours }: Colours & { readonly index: number },
): void {
  const context = canvas.getContext("2d")!;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  const column = width / looks.length;
  const y = (value: number) => height - ((value - from) / (to - from)) * height;
  looks.forEach(({ critic }, at) => {
    const { low, high } = critic;
    for (const side of sides) {
      const counts = critic[side];
      const bin = (high - low) / counts.length;
      const most = Math.max(1, ...counts);
      context.fillStyle = colours[side];
      counts.forEach((count, i) => {
        if (count === 0) return;
        context.globalAlpha = 0.15 + (0.7 * count) / most;
        const top = y(low + (i + 1) * bin);
        const tall = Math.max(1, y(low + i * bin) - top);
        context.fillRect(at * column, top, Math.max(1, column), tall);
      });
    }
  });
  context.globalAlpha = 1;
  context.strokeStyle = colours.mark;
  context.strokeRect(index * column + 0.5, 0.5, Math.max(1, column - 1), height - 1);
}

import type { ItemArray } from "../data/source.ts";
import { raster } from "../train/picture.ts";
import type { Samples } from "./events.ts";

/**
 * Draws samples: images as a grid, numbers as a histogram, points as a scatter, with `real` in grey
 * behind those two. The canvas takes the picture's size in pixels; a page scales it by CSS.
 */
export function drawSamples(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  { items, field }: Samples,
  real?: ItemArray,
): void {
  const { width, height, channels, data } = raster(items, field, real);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      image.data[4 * i + c] = data[channels * i + (channels < 3 ? 0 : c)]!;
    }
    image.data[4 * i + 3] = channels === 4 ? data[4 * i + 3]! : 255;
  }
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
  pen.putImageData(image, 0, 0);
}

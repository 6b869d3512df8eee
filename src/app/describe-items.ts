import type { Field } from "../data/source.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { Provider } from "../engine/run/provider.ts";
import { openExtractor } from "../metrics/extractor-file.ts";
import type { Rows } from "../metrics/metric.ts";
import { isImage, rangeOf } from "./stocks.ts";

/** Turns items as networks see them into rows whose distances mean something. */
export interface Describe {
  rows(items: Float32Array): Promise<Rows>;
  dispose(): Promise<void>;
}

/** Side of the grid that the pixels of images are averaged down to where no net looks at them. */
const grid = 8;

/** The bundled encoder for grey images, pixels averaged to 8x8 for others, numbers as they are. */
export async function openDescription(field: Field, provider: Provider): Promise<Describe> {
  const size = sizeOf(field.shape);
  const nothing = async (): Promise<void> => {};
  if (!isImage(field)) {
    const rows = async (data: Float32Array) => ({ count: data.length / size, width: size, data });
    return { rows, dispose: nothing };
  }
  const [channels, height, width] = field.shape as [number, number, number];
  if (channels !== 1) {
    return { rows: async (items) => shrunk(items, channels, height, width), dispose: nothing };
  }
  const encoder = await openExtractor(provider, "encoder");
  const range = rangeOf(field);
  return {
    async rows(data) {
      const images = { data, count: data.length / size, channels, height, width, range };
      return (await encoder.extract(images)).features;
    },
    dispose: () => encoder.dispose(),
  };
}

/** Means of the cells of a grid laid over each channel. */
function shrunk(items: Float32Array, channels: number, height: number, width: number): Rows {
  const [rows, columns] = [Math.min(grid, height), Math.min(grid, width)];
  const planes = items.length / (height * width);
  const data = new Float32Array(planes * rows * columns);
  const counts = new Float32Array(rows * columns);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) counts[cellOf(y, x)]! += 1;
  }
  for (let p = 0; p < planes; p++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const cell = cellOf(y, x);
        data[p * rows * columns + cell]! += items[(p * height + y) * width + x]! / counts[cell]!;
      }
    }
  }
  return { count: planes / channels, width: channels * rows * columns, data };

  function cellOf(y: number, x: number): number {
    return Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
  }
}

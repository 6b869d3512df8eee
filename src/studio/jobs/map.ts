import { UMAP } from "umap-js";
import { openLikeness } from "../../app/likeness.ts";
import type { OpenRun } from "../../app/sample.ts";
import { rangeOf } from "../../app/stocks.ts";
import { stream } from "../../core/random.ts";
import type { Rows } from "../../metrics/metric.ts";
import { principalComponents } from "../../metrics/principal-components.ts";
import { cancelled } from "../cancelled.ts";
import type { Bench, Job } from "../job.ts";
import { makeItems, requestFor } from "../sampling.ts";

export interface MapAsked {
  readonly path: string;
  readonly checkpoint?: number | undefined;
  readonly truncation: number;
  readonly seed: number;
  readonly count: number;
  readonly label?: number | undefined;
  readonly method: "pca" | "umap";
  readonly by: "features" | "pixels";
}

export interface MapAnswer {
  /** Where each item of the seed lies, x and y, in [−1, 1]. */
  readonly places: readonly (readonly [x: number, y: number])[];
  /** What items were compared by: an extractor, or `pixels`. */
  readonly by: string;
  /** Share of all variance that the two axes of PCA show. */
  readonly shown?: number;
}

/** Lays samples out in the plane so that those alike lie near each other. */
export const map: Job<MapAsked, MapAnswer> = async (asked, bench) => {
  const { path, checkpoint, truncation, seed, count, label, method } = asked;
  const run = await bench.open(path, checkpoint);
  const request = await requestFor(run, { seed, count, label }, truncation);
  const items = await makeItems(bench, run, request);
  const { by, rows } = await rowsOf(run, items, asked);
  if (method === "umap") return { places: umap(rows, seed, bench), by };
  const { scores, variances, total } = principalComponents(rows, 2);
  const shown = total > 0 ? variances.reduce((sum, v) => sum + v, 0) / total : 0;
  return { places: fitted(Array.from({ length: count }, (_, i) => at(scores, i))), by, shown };
};

const at = (scores: Float64Array, i: number): [number, number] => [
  scores[2 * i]!,
  scores[2 * i + 1]!,
];

async function rowsOf(run: OpenRun, items: Float32Array, { path, count, by }: MapAsked) {
  const likeness = await openLikeness(run, by);
  try {
    const { shape } = run.field;
    async function* pieces() {
      yield items;
    }
    const stock = { name: path, count, shape, range: rangeOf(run.field), pieces };
    return { by: likeness.by, rows: await likeness.rows(stock) };
  } finally {
    await likeness.dispose();
  }
}

/** McInnes, Healy, Melville 2018, arXiv:1802.03426, with random numbers that follow from the seed. */
function umap({ count, width, data }: Rows, seed: number, bench: Bench): [number, number][] {
  const random = uniforms(seed);
  const layout = new UMAP({ nNeighbors: Math.min(15, count - 1), minDist: 0.1, random });
  const rows = Array.from({ length: count }, (_, i) => [
    ...data.subarray(i * width, (i + 1) * width),
  ]);
  const epochs = layout.initializeFit(rows);
  for (let epoch = 0; epoch < epochs; epoch++) {
    layout.step();
    if (bench.cancelled) throw cancelled("map");
  }
  return fitted(layout.getEmbedding() as [number, number][]);
}

/** Numbers of a stream one by one. */
function uniforms(seed: number): () => number {
  const source = stream(seed, "umap");
  const block = new Float64Array(4096);
  let next = block.length;
  return () => {
    if (next === block.length) {
      source.uniform(block);
      next = 0;
    }
    return block[next++]!;
  };
}

/** About their middle, scaled into [−1, 1] by one factor: distances keep their proportions. */
function fitted(places: readonly [number, number][]): [number, number][] {
  const axis = (k: 0 | 1) => {
    const values = places.map((p) => p[k]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  };
  const [x, y] = [axis(0), axis(1)];
  const scale = 1 / Math.max(x.half, y.half, 1e-12);
  return places.map((p) => [(p[0] - x.middle) * scale, (p[1] - y.middle) * scale]);
}

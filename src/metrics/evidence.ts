import { GanymedeError } from "../core/errors.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { Extraction, Extractor, Images } from "./extractor.ts";
import { type FeatureMoments, momentsAccumulator, momentsOf } from "./feature-moments.ts";
import type { Rows, Side } from "./metric.ts";

/** Items that can be gone through more than once, a piece at a time: memory need not hold them all. */
export interface Stock {
  readonly name: string;
  readonly count: number;
  /** Of an item. */
  readonly shape: readonly number[];
  /** Items in the range that networks see, in order. */
  pieces(): AsyncIterable<Float32Array>;
  /** The class of each item, true or asked for. */
  readonly labels?: Int32Array;
  /** Values of black and white, for images. */
  readonly range: readonly [low: number, high: number];
}

/** Keeps the moments of features for another time. */
export type Remember = (
  stock: Stock,
  extractor: Extractor,
  make: () => Promise<FeatureMoments>,
) => Promise<FeatureMoments>;

/** Images as `extractor` sees them. */
export function imageSide(stock: Stock, extractor: Extractor, remember?: Remember): Side {
  const extraction = once(() => extractor.extract(images(stock)));
  let known: Promise<Extraction> | undefined;
  const all = () => {
    known = extraction();
    return known;
  };
  const moments = async () => (known ? momentsOf((await known).features) : streamed());
  const streamed = async () => {
    const total = momentsAccumulator(extractor.manifest.outputs.features.width);
    await extractor.extractBatches(images(stock), async ({ features }) => total.add(features));
    return total.finish();
  };
  return {
    count: stock.count,
    features: async () => (await all()).features,
    moments: once(() => (remember ? remember(stock, extractor, moments) : moments())),
    async probabilities() {
      const { probabilities } = await all();
      if (probabilities) return probabilities;
      throw lacking(stock, "p(class | image)", `extractor ${extractor.manifest.id}, no classifier`);
    },
    labels: () => labelsOf(stock),
    items: once(() => itemsOf(stock)),
  };
}

/** Points and tables: their own values are their features. */
export function pointSide(stock: Stock): Side {
  const items = once(() => itemsOf(stock));
  return {
    count: stock.count,
    features: items,
    moments: once(async () => momentsOf(await items())),
    probabilities: async () => {
      throw lacking(stock, "p(class | item)", "items without a classifier");
    },
    labels: () => labelsOf(stock),
    items,
  };
}

async function* images({ pieces, shape, range }: Stock): AsyncIterable<Images> {
  const [channels = 1, height = 1, width = 1] = shape;
  for await (const data of pieces()) {
    yield { data, count: data.length / sizeOf(shape), channels, height, width, range };
  }
}

async function itemsOf({ count, shape, pieces }: Stock): Promise<Rows> {
  const width = sizeOf(shape);
  const data = new Float32Array(count * width);
  let at = 0;
  for await (const piece of pieces()) {
    data.set(piece, at);
    at += piece.length;
  }
  return { count, width, data };
}

async function labelsOf(stock: Stock): Promise<Int32Array> {
  if (stock.labels) return stock.labels;
  throw lacking(stock, "the class of each item", "none");
}

const lacking = ({ name }: Stock, expected: string, got: string) =>
  new GanymedeError("METRIC_NEEDS", {
    where: name,
    expected,
    got,
    fix: "leave out the metrics that need it, or name an extractor that gives it",
  });

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

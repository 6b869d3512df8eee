import { loadNamed } from "../app/systems.ts";
import { type Column, finiteSource } from "../data/finite.ts";
import type { Opened, Opening, Source, SourceDefinition } from "../data/source.ts";
import { catalog } from "../data/sources/_portable.ts";
import { type IdxData, openIdx } from "./idx.ts";
import { type ImagesData, openImages } from "./images.ts";
import { ofYourOwn } from "./of-your-own.ts";

/** Where a page's items come from. */
export type WebData = SourceData | PointsData | ColumnsData | ImagesData | IdxData;

/** A distribution that is made, by the id of its source: `ring8`, `grid25`, … */
export interface SourceData {
  readonly kind: "source";
  readonly id: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Points of the page's own, as field `point`. */
export interface PointsData {
  readonly kind: "points";
  /** [count, axes], row-major, best with a mean near 0 and a deviation near 1. */
  readonly points: Float32Array;
  /** Numbers of a point; 2 when absent. */
  readonly axes?: number;
}

/** Arrays with a description of each, for whatever the other kinds cannot say. */
export interface ColumnsData {
  readonly kind: "columns";
  readonly columns: Readonly<Record<string, Column>>;
  readonly about?: Source["about"];
}

/**
 * Opens data in a page or a worker of it.
 *
 * @throws GanymedeError UNKNOWN_DATA, OPTION, UNKNOWN_OPTION, DATA_MISSING where an address gives
 *   nothing, DATA_FORMAT, DATA_TRUNCATED, DATA_EMPTY
 */
export async function openWebData(data: WebData, opening: Opening = {}): Promise<Source> {
  switch (data.kind) {
    case "source":
      return await openNamed(data, opening);
    case "points": {
      const { points, axes = 2 } = data;
      const field = { shape: [axes], dtype: "f32", scale: 1, offset: 0 } as const;
      return finiteSource({ id: "points", about: ofYourOwn }, { point: { field, data: points } });
    }
    case "columns":
      return finiteSource({ id: "columns", about: data.about ?? ofYourOwn }, data.columns);
    case "images":
      return await openImages(data, opening);
    case "idx":
      return await openIdx(data, opening);
  }
}

async function openNamed({ id, options }: SourceData, opening: Opening): Promise<Opened> {
  const sources = catalog as unknown as Record<string, () => Promise<SourceDefinition>>;
  const definition = await loadNamed("data", id, sources);
  return definition.open(options, opening);
}

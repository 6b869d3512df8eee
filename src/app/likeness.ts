import type { Provider } from "../engine/run/provider.ts";
import { imageSide, pointSide, type Stock } from "../metrics/evidence.ts";
import { openExtractor } from "../metrics/extractor-file.ts";
import type { Rows } from "../metrics/metric.ts";
import type { OpenRun } from "./sample.ts";

/** Where items are compared: by an extractor's features, or by the values that they are made of. */
export const likenesses = ["features", "pixels"] as const;
export type LikenessBy = (typeof likenesses)[number];

/** What turns items into rows whose Euclidean distances tell how alike they are. */
export interface Likeness {
  /** `encoder`, or `pixels` where none is used. */
  readonly by: string;
  rows(stock: Stock): Promise<Rows>;
  dispose(): Promise<void>;
}

/** Id of the extractor that comes with Ganymede and takes the run's images as they are. */
export const bundledExtractor = ({ field }: Pick<OpenRun, "field">): string | undefined =>
  field.shape.length === 3 && field.shape[0] === 1 ? "encoder" : undefined;

/** Features where an extractor that comes with Ganymede fits the items; their own values otherwise. */
export async function openLikeness(
  run: Pick<OpenRun, "field"> & { readonly provider: Provider },
  by: LikenessBy = "features",
): Promise<Likeness> {
  const id = by === "features" ? bundledExtractor(run) : undefined;
  if (id === undefined) {
    return {
      by: "pixels",
      rows: (stock) => pointSide(stock).features(),
      dispose: async () => {},
    };
  }
  const extractor = await openExtractor(run.provider, id);
  return {
    by: id,
    rows: (stock) => imageSide(stock, extractor).features(),
    dispose: () => extractor.dispose(),
  };
}

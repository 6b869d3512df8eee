import { GanymedeError } from "../core/errors.ts";
import type { Evidence, Rows, Side } from "./metric.ts";

/** What is at hand of one side. */
export interface Given {
  readonly features?: Rows;
  readonly probabilities?: Rows;
  readonly labels?: ArrayLike<number>;
  readonly items?: Rows;
}

/** A side made of arrays; what was not given throws `METRIC_NEEDS`. For tests of metrics. */
export function givenSide({ features, probabilities, labels, items }: Given): Side {
  const give = async <T>(name: string, value: T | undefined): Promise<T> => {
    if (value !== undefined) return value;
    throw new GanymedeError("METRIC_NEEDS", {
      where: "a side of given arrays",
      expected: name,
      got: "none",
      fix: `give its ${name}`,
    });
  };
  const count = (features ?? probabilities ?? items)?.count ?? labels?.length ?? 0;
  return {
    count,
    features: () => give("features", features),
    moments: () => give<never>("moments", undefined),
    probabilities: () => give("probabilities", probabilities),
    labels: () => give("labels", labels && Int32Array.from(labels)),
    items: () => give("items", items),
  };
}

/** An evidence of arrays. What is left out of `rest` must not be looked at. */
export const givenEvidence = (real: Given, fake: Given, rest: Partial<Evidence> = {}): Evidence =>
  ({ seed: 0, shape: [], ...rest, real: givenSide(real), fake: givenSide(fake) }) as Evidence;

/** Rows from nested lists. */
export const rowsOf = (lists: readonly (readonly number[])[]): Rows => ({
  count: lists.length,
  width: lists[0]!.length,
  data: Float64Array.from(lists.flat()),
});

import { stream } from "../../core/random.ts";
import { addProduct } from "../_product.ts";
import { pickRows, requireComparable } from "../_rows.ts";
import type { Metric, Rows, Score } from "../metric.ts";

/** Kernel distance: FID's unbiased sibling, the one to ask for when items are few. */
export const kid: Metric = {
  id: "kid",
  about: "squared kernel distance of features, unbiased; ± over disjoint subsets",
  better: "lower",
  range: "about 0 and up, slightly negative by chance; 0 is perfect",
  source: "Binkowski et al. 2018, arXiv:1801.01401, section 4",
  needs: ["features"],
  async measure({ real, fake, seed }) {
    return kidOf(await real.features(), await fake.features(), { seed });
  },
};

const [largestSubset, fewestSubsets, mostSubsets] = [1000, 10, 50];

/**
 * Mean of `kernelDistance` over random subsets that share no item, so that the standard error is what
 * it says: as many subsets of 1,000 as there are items for, 50 at most; with fewer than 10,000 items
 * ten smaller ones.
 *
 * @throws GanymedeError METRIC_INPUT below four items a side, or for features that are not finite
 */
export function kidOf(real: Rows, fake: Rows, { seed }: { readonly seed: number }): Score {
  requireComparable(real, fake, "kid", 4);
  const count = Math.min(real.count, fake.count);
  const size = Math.min(largestSubset, Math.max(2, Math.floor(count / fewestSubsets)));
  const subsets = Math.min(mostSubsets, Math.floor(count / size));
  const orders = [real, fake].map((rows, i) =>
    stream(seed, i === 0 ? "kid/real" : "kid/fake").permutation(rows.count),
  ) as [Uint32Array, Uint32Array];
  const values = Array.from({ length: subsets }, (_, i) => {
    const [a, b] = orders.map((order) => order.subarray(i * size, (i + 1) * size));
    return kernelDistance(pickRows(real, a!), pickRows(fake, b!));
  });
  const value = values.reduce((sum, v) => sum + v, 0) / subsets;
  const square = values.reduce((sum, v) => sum + (v - value) ** 2, 0);
  return {
    value,
    standardError: Math.sqrt(square / (subsets - 1) / subsets),
    parts: { subsets, "items per subset": size },
  };
}

/**
 * Unbiased estimate of MMD² with the kernel (xᵀy/d + 1)³ over all items: the mean over pairs of two
 * different items on either side, less twice the mean over mixed pairs. Time 2(m² + n² + mn)d flop at
 * most, memory (m + n)² numbers.
 *
 * Source: Binkowski et al. 2018, arXiv:1801.01401, equation 4 with the kernel of section 4.
 *
 * @throws GanymedeError METRIC_INPUT below two rows, or for features that are not finite
 */
export function kernelDistance(a: Rows, b: Rows): number {
  requireComparable(a, b, "kid", 2);
  const within = (x: Rows) => kernelSum(x, x, true) / ((x.count * (x.count - 1)) / 2);
  return within(a) + within(b) - (2 * kernelSum(a, b, false)) / (a.count * b.count);
}

/** Over all pairs, or those above the diagonal. */
function kernelSum(a: Rows, b: Rows, above: boolean): number {
  const products = new Float64Array(a.count * b.count);
  addProduct(products, byRow(a), byRow(b), { upper: above });
  let sum = 0;
  for (let i = 0; i < a.count; i++) {
    for (let j = above ? i + 1 : 0; j < b.count; j++) {
      const base = products[i * b.count + j]! / a.width + 1;
      sum += base * base * base;
    }
  }
  return sum;
}

const byRow = ({ data, width, count }: Rows) => ({
  data,
  depth: width,
  count,
  depthStride: 1,
  itemStride: width,
});

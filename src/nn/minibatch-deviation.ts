import { GanymedeError } from "../core/errors.ts";
import { add, concat, expand, mean, reshape, sqrt, variance } from "../engine/ops/index.ts";
import type { Layer } from "./module.ts";

/** Keeps slopes finite where all items are the same. */
const eps = 1e-8;

/**
 * Lets a critic see how much the items of a batch vary: x [n,c,h,w] → [n,c+1,h,w]. The deviation of each
 * feature at each place over a group of items, its mean over features and places, as one more map. A batch
 * must be all data or all fakes. Karras, Aila, Laine, Lehtinen 2018, arXiv:1710.10196, section 3.
 *
 * @param group items that are compared: item i with i + n/group, …; the whole batch when absent. Throws
 *   `SHAPE` unless it divides the batch
 */
export const minibatchDeviation =
  ({ group }: { readonly group?: number } = {}): Layer =>
  (x) => {
    const [n = 1, c = 1, h = 1, w = 1] = x.shape;
    const size = group ?? n;
    if (n % size !== 0) throw undivided(n, size);
    const groups = n / size;
    const apart = reshape(x, { shape: [size, groups, c, h, w] });
    const deviation = sqrt(add(variance(apart, { axes: [0] }), eps));
    const one = mean(deviation, { axes: [1, 2, 3] });
    const each = expand(reshape(one, { shape: [1, groups, 1, 1, 1] }), {
      shape: [size, groups, 1, h, w],
    });
    return concat([x, reshape(each, { shape: [n, 1, h, w] })], { axis: 1 });
  };

const undivided = (n: number, size: number) =>
  new GanymedeError("SHAPE", {
    where: "minibatch deviation",
    expected: `a batch of a multiple of ${size} items`,
    got: String(n),
    fix: "change the batch or the group",
  });

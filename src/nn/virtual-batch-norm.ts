import { GanymedeError } from "../core/errors.ts";
import { stopGradient } from "../engine/autodiff/grad.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import type { Shape } from "../engine/ir/type.ts";
import {
  add,
  concat,
  mean,
  mul,
  reshape,
  sliceAxis,
  split,
  square,
  sub,
} from "../engine/ops/index.ts";
import { channelShape, inverseStd, moments, rescale, type Standardised } from "./_standardise.ts";
import { normal, ones, zeros } from "./initialisers.ts";
import type { Layer, Net } from "./module.ts";

export interface VirtualBatchNorm {
  /** Rows at the front of each input that are the reference batch. */
  readonly reference: number;
  /** 1e-5 when absent. */
  readonly eps?: number;
}

const axesFrom = (first: number, { length }: Shape): number[] =>
  [...new Array(length).keys()].filter((axis) => axis !== 1 && axis >= first);

/** Items by the statistics of the reference batch and of the item itself, one row among R + 1. */
function standardiseByReference(
  items: Tensor,
  reference: ReturnType<typeof moments>,
  { reference: rows, eps = 1e-5 }: VirtualBatchNorm,
): Standardised {
  const centred = sub(items, stopGradient(reference.mean));
  const axes = axesFrom(2, items.shape);
  const own = (x: Tensor) => (axes.length > 0 ? mean(x, { axes, keep: true }) : x);
  const blend = (ofReference: Tensor, ofItem: Tensor): Tensor =>
    add(mul(ofReference, rows / (rows + 1)), mul(ofItem, 1 / (rows + 1)));
  const offset = blend(reference.offset, own(centred));
  const referencePower = add(reference.variance, square(reference.offset));
  const power = blend(referencePower, own(square(centred)));
  return { centred, offset, inverse: inverseStd(sub(power, square(offset)), eps) };
}

/**
 * Virtual batch normalisation of x [R+n, c] or [R+n, c, …], of which the first R rows are a reference
 * batch that never changes: those by their own statistics, every other row by the moments of the
 * reference and of itself together, as one of R + 1. So no item's result depends on the items beside
 * it, in training as in use. For nets inside `withReference`. Salimans et al. 2016, arXiv:1606.03498,
 * section 3.5.
 *
 * Parameters `weight` [c] (1) and `bias` [c] (0). Throws `SHAPE` when there is nothing behind the
 * reference rows.
 */
export const virtualBatchNorm =
  (options: VirtualBatchNorm): Layer =>
  (x, scope) => {
    const { reference: rows, eps = 1e-5 } = options;
    if (x.shape[0]! <= rows) throw noItems(scope.path, rows, x.shape);
    const channels = x.shape[1]!;
    const shape = channelShape(channels, x.shape.length);
    const gain = reshape(scope.parameter("weight", [channels], ones), { shape });
    const bias = reshape(scope.parameter("bias", [channels], zeros), { shape });
    const [reference, items] = split(x, { axis: 0, sizes: [rows, x.shape[0]! - rows] });
    const statistics = moments(reference!, axesFrom(0, x.shape));
    const first = { ...statistics, inverse: inverseStd(statistics.variance, eps) };
    const rest = standardiseByReference(items!, statistics, options);
    return concat([rescale(first, gain, bias), rescale(rest, gain, bias)], { axis: 0 });
  };

const noItems = (where: string, rows: number, shape: Shape) =>
  new GanymedeError("SHAPE", {
    where,
    expected: `items behind ${rows} reference rows`,
    got: `[${shape}]`,
    fix: "wrap the net that holds virtual batch norm with withReference",
  });

/**
 * `net` with a reference batch of normal codes, drawn once by the seed, in front of every input:
 * codes f32[n, …] → what `net` makes of them. Cost: each call computes `rows` items more, so with as
 * many as a batch it is two forward passes.
 *
 * State `reference` [rows, …].
 */
export const withReference =
  (net: Net<Tensor, Tensor>, rows: number): Net<Tensor, Tensor> =>
  (codes, scope) => {
    const reference = scope.state("reference", [rows, ...codes.shape.slice(1)], normal(1)).read();
    const made = net(concat([reference, codes], { axis: 0 }), scope);
    return sliceAxis(made, { axis: 0, start: rows, end: made.shape[0]! });
  };

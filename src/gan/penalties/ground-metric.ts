import { GanymedeError } from "../../core/errors.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { add, mean, mul, relu, slice, square, sub, sum } from "../../engine/ops/index.ts";
import { notNegative, unitSlope } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { between, rootOf, slopeAt } from "./_slope.ts";
import type { Penalty } from "./penalty.ts";

export interface GroundMetric {
  /** λ; 4 when absent, as in the authors' training script. */
  readonly weight?: number;
  /** Weight of the change of total intensity, which transport alone leaves free; 0.1 when absent. */
  readonly mass?: number;
}

/** All but the last, or all but the first, along an axis. */
function neighbours(x: Tensor, axis: number): readonly [Tensor, Tensor] {
  const zeros = x.shape.map(() => 0);
  const most = { starts: zeros, ends: x.shape.map((d, a) => (a === axis ? d - 1 : d)) };
  const rest = { starts: zeros.map((_, a) => (a === axis ? 1 : 0)), ends: x.shape };
  return [slice(x, most), slice(x, rest)];
}

/**
 * ‖slope‖_W² of each image, [n]: Σ over pairs of neighbours i, j of (slopeᵢ − slopeⱼ)²·(uᵢ + uⱼ), u =
 * (x + 1)/2 being the intensity of pixels x in [−1, 1] (darker than −1 counts as black), plus `mass`
 * times (2/N)·(Σ slope)² over the N pixels. It is the squared Wasserstein-2 speed of what the slope
 * does to a picture: moving light is cheap, and where there is none, nothing moves.
 *
 * @param slope [n,c,h,w], gradient of each image's score by the image
 * @param images [n,c,h,w], in [−1, 1]
 */
export function transportNorm(slope: Tensor, images: Tensor, mass: number): Tensor {
  const light = relu(mul(add(images, 1), 0.5));
  const parts = [2, 3].map((axis) => {
    const [here, there] = neighbours(slope, axis);
    const [dim, bright] = neighbours(light, axis);
    return sum(mul(square(sub(here, there)), add(dim, bright)), { axes: [1, 2, 3] });
  });
  const [, ...item] = slope.shape;
  const pixels = item.reduce((a, b) => a * b, 1);
  const total = square(sum(slope, { axes: [1, 2, 3] }));
  return parts.reduce(add, mul(total, (2 * mass) / pixels));
}

/**
 * weight · E(‖∇f(x̂)‖_W − 1)², x̂ uniform on the segment from a real to a generated image: slope 1 by
 * the Wasserstein-2 distance between pictures instead of the Euclidean one. The critic must not mix
 * the images of a batch (no batch norm). Throws `ITEMS` for what is not an image [c,h,w], h, w ≥ 2.
 *
 * Dukler, Li, Lin, Montúfar 2019, Wasserstein of Wasserstein loss, ICML (PMLR 97); the sums, the
 * weight and the part for the mass as in the authors' code. Cost: a second backward pass through the
 * critic.
 */
function term({ weight = 4, mass = 0.1 }: GroundMetric = {}): Term<Duel> {
  return {
    id: "ground-metric",
    apply(duel) {
      requireImages(duel.real);
      const points = between(duel);
      const squares = transportNorm(slopeAt(duel, points), points, mass);
      const length = rootOf(squares);
      return {
        loss: mul(mean(square(sub(length, 1))), weight),
        meaning: "how far the critic's slope by transport is from 1; falls below 1 and stays there",
        unit: "squared slope error",
        healthy: notNegative,
        readings: {
          "d.slope": {
            value: mean(length),
            meaning: "mean gradient norm by transport between data and fakes; 1 is right",
            unit: "score per unit of an item",
            healthy: unitSlope,
          },
        },
      };
    },
  };
}

export const groundMetric = Object.assign(term, { items: "image" } as const) satisfies Penalty;

function requireImages({ shape }: Tensor): void {
  if (shape.length === 4 && shape[2]! > 1 && shape[3]! > 1) return;
  throw new GanymedeError("ITEMS", {
    where: "ground-metric",
    expected: "images [c,h,w] of at least 2x2 pixels",
    got: `items [${shape.slice(1)}]`,
    fix: "choose data with a field `image`, or the penalty gradient-penalty",
  });
}

import { grad } from "../../engine/autodiff/grad.ts";
import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { sizeOf } from "../../engine/ir/type.ts";
import { add, mean, mul, square, sub, sum } from "../../engine/ops/index.ts";
import { normals } from "../../nn/_normals.ts";
import { zeros } from "../../nn/initialisers.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { norm } from "../penalties/_slope.ts";

/** Codes, and what was made of them: any stage of a generator may stand for the whole. */
export interface Path {
  readonly codes: Tensor;
  readonly made: Tensor;
}

export interface PathLength {
  /** 2 when absent. */
  readonly weight?: number;
  /** Share of the new in the running mean of lengths; 0.01 when absent. */
  readonly follow?: number;
  /** Applied at every n-th move, with n times the weight; 4 when absent. */
  readonly every?: number;
  /** The stage that is held even, such as from styles to pictures; the whole generator when absent. */
  readonly of?: (duel: Duel) => Path;
}

/** ‖Jᵀy‖ of each item, f32[n], J the Jacobian of items by codes, y ~ N(0, 1/pixels). */
export function pathLengths({ codes, made }: Path, noise: Tensor): Tensor {
  const pixels = Math.max(1, sizeOf(made.shape.slice(2)));
  return norm(grad(sum(mul(made, mul(noise, 1 / Math.sqrt(pixels)))), [codes])[0]!);
}

/**
 * weight · E(‖Jᵀy‖ − a)² for the generator, a the running mean of ‖Jᵀy‖: a step of the code changes
 * the item by the same amount everywhere. Karras, Laine, Aittala, Hellsten, Lehtinen, Aila 2020,
 * arXiv:1912.04958, section 3.2. State: a. Cost: a backward pass of the generator, differentiated.
 */
export const pathLength = ({
  weight = 2,
  follow = 0.01,
  every = 4,
  of = ({ codes, made }) => ({ codes, made }),
}: PathLength = {}): Term<Duel> => ({
  id: "path-length",
  every,
  state: () => ({ mean: { shape: [], init: zeros } }),
  apply(duel, state) {
    const path = of(duel);
    const lengths = pathLengths(path, normals(duel.turn, path.made.shape));
    const next = add(state.mean!, mul(sub(stopGradient(mean(lengths)), state.mean!), follow));
    return {
      loss: mul(mean(square(sub(lengths, next))), weight),
      meaning: "how unevenly items follow codes, weighted; falls to a small share of the length",
      unit: "squared length",
      healthy: notNegative,
      readings: {
        "g.path": {
          value: mean(lengths),
          meaning: "how far an item moves with a unit step of its code",
          unit: "value per unit of a code",
          healthy: notNegative,
        },
      },
      state: { mean: next },
    };
  },
});

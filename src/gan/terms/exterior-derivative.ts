import { grad } from "../../engine/autodiff/grad.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { abs, add, mean, mul, relu, square, sub, sum } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import { comassOf, exteriorDerivativeOf, orthonormal } from "../flat/form.ts";
import type { FlatView } from "../flat/game.ts";
import type { Term } from "../game.ts";
import { between } from "../penalties/_slope.ts";

/**
 * weight · (E max(0, ‖∇f‖ − 1)² + E max(0, |dω(v₀,…,v_k)| − 1)²) at points drawn on the segments from
 * data to fakes, v an orthonormal frame drawn evenly: the flat norm's bound on the forms' change.
 * ‖∇f‖ is exact; of dω one frame a point is tried, as in the paper (for k = 1 in the plane, one frame
 * is all there is). Möllenhoff, Cremers 2019, arXiv:1905.04730. Cost: k + 2 backward passes.
 */
export const exteriorDerivative = ({ weight = 10 } = {}): Term<FlatView> => ({
  id: "exterior-derivative",
  apply({ turn, real, fake, scalarAt, covectorsAt }) {
    const items = between({ turn, real, fake });
    const excess = (size: Tensor) => mean(square(relu(sub(size, 1))));
    const slope = grad(sum(scalarAt(items)), [items])[0]!;
    const scalar = excess(comassOf([slope], turn.size));
    const order = covectorsAt(items).length;
    const about = {
      meaning: "how much faster the forms change than 1; near 0",
      unit: "squared slope",
      healthy: notNegative,
    };
    if (order === 0) return { loss: mul(scalar, weight), ...about };
    const shape = [order + 1, ...items.shape.slice(1)];
    const frame = orthonormal(turn.noise("frame", { distribution: "normal", shape }));
    const change = excess(abs(exteriorDerivativeOf(covectorsAt, items, frame)));
    return { loss: mul(add(scalar, change), weight), ...about };
  },
});

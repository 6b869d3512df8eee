import { abs, add, mean, mul, relu, square, sub } from "../../engine/ops/index.ts";
import { notNegative } from "../advice.ts";
import { comassOf } from "../flat/form.ts";
import type { FlatView } from "../flat/game.ts";
import type { Term } from "../game.ts";
import { between } from "../penalties/_slope.ts";

/**
 * weight · (E max(0, |f| − bound)² + E max(0, ‖ω‖ − bound)²), ‖·‖ the comass, at points drawn on the
 * segments from data to fakes: the flat norm's bound on the forms themselves. Möllenhoff, Cremers
 * 2019, arXiv:1905.04730, equation of the flat metric's dual.
 */
export const comass = ({ weight = 10, bound = 1 } = {}): Term<FlatView> => ({
  id: "comass",
  apply({ turn, real, fake, scalarAt, covectorsAt }) {
    const items = between({ turn, real, fake });
    const excess = (size: Parameters<typeof relu>[0]) => mean(square(relu(sub(size, bound))));
    const scalar = excess(abs(scalarAt(items)));
    const covectors = covectorsAt(items);
    const total =
      covectors.length === 0 ? scalar : add(scalar, excess(comassOf(covectors, turn.size)));
    return {
      loss: mul(total, weight),
      meaning: "how far the forms exceed their bound; near 0",
      unit: "squared comass",
      healthy: notNegative,
    };
  },
});

import { add } from "../../engine/ops/index.ts";
import { relu } from "../../nn/activations.ts";
import { gaussianNoise } from "../../nn/gaussian-noise.ts";
import { type Layer, sequential } from "../../nn/module.ts";
import { flatten } from "../../nn/shape.ts";
import { standardisedLinear } from "../../nn/standardised-linear.ts";
import { translation } from "../transforms/translation.ts";

export interface NoisyClassifier {
  /** Units of the last two hidden layers; the first has twice as many. */
  readonly width: number;
  readonly classes: number;
  /** Deviation of the noise on the items, in training; 0.6 when absent: 0.3 of pixels in [0, 1]. */
  readonly itemNoise?: number;
  /** The same on each hidden layer; 0.5 when absent. */
  readonly noise?: number;
  /** Largest shift of items that are images, in training, as a share of their side; none when absent. */
  readonly shift?: number;
}

/** Pixels of −1, most of a drawing, become 0: else they would drown the rest. */
const fromZero: Layer = (x) => add(x, 1);

/** Pixels of 0 come in from outside. */
const shifting = (share: number): Layer => {
  const shifted = translation({ share });
  return (x, scope) => (scope.training && share > 0 ? shifted(x, scope) : x);
};

/** A layer's noise is as many numbers as its products have inputs: made one by one, half of a step. */
const noisy = (deviation: number): Layer => gaussianNoise(deviation, { tabled: true });

/**
 * A classifier that learns from few labels: dense layers with Gaussian noise before each. What hidden
 * layers say is of deviation 1 on the first batch, and the lengths of their weights stay as they then
 * are, so that none can outgrow the noise. Items f32[n, …] in [−1, 1] → `trunk` → features
 * f32[n, width] → `head` → class logits f32[n, classes]. Salimans et al. 2016, arXiv:1606.03498,
 * section 6.1 and the code that goes with it.
 */
export function noisyClassifier(shape: NoisyClassifier): { trunk: Layer; head: Layer } {
  const { width, classes, itemNoise = 0.6, noise = 0.5, shift = 0 } = shape;
  const layers: Record<string, Layer> = {
    zero: fromZero,
    shift: shifting(shift),
    flat: flatten,
  };
  [2 * width, width, width].forEach((units, i) => {
    layers[`noise${i}`] = noisy(i === 0 ? itemNoise : noise);
    layers[`hidden${i}`] = standardisedLinear(units);
    layers[`act${i}`] = relu;
  });
  return {
    trunk: sequential(layers),
    head: sequential({
      noise: noisy(noise),
      classes: standardisedLinear(classes, { learnt: true }),
    }),
  };
}

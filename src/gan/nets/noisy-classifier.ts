import { add } from "../../engine/ops/index.ts";
import { leaky } from "../../nn/activations.ts";
import { gaussianNoise } from "../../nn/gaussian-noise.ts";
import { linear } from "../../nn/linear.ts";
import { type Layer, sequential } from "../../nn/module.ts";
import { flatten } from "../../nn/shape.ts";
import { weightNorm } from "../../nn/weight-norm.ts";

export interface NoisyClassifier {
  /** Units of the last two hidden layers; the first has twice as many. */
  readonly width: number;
  readonly classes: number;
  /** Deviation of the noise on the items, in training; 0.6 when absent: 0.3 of pixels in [0, 1]. */
  readonly itemNoise?: number;
  /** The same on each hidden layer; 0.5 when absent. */
  readonly noise?: number;
}

/** Pixels of −1, most of a drawing, become 0: else they would drown the rest. */
const fromZero: Layer = (x, scope) => add(flatten(x, scope), 1);

/**
 * A classifier that learns from few labels: dense layers with Gaussian noise before each. The hidden
 * weights' lengths are fixed, so that no layer can outgrow the noise, at what keeps the activations
 * of pictures near deviation 1. Items f32[n, …] in [−1, 1] → `trunk` → features f32[n, width] →
 * `head` → class logits f32[n, classes]. Salimans et al. 2016, arXiv:1606.03498, section 6.1 and the
 * code that goes with it.
 */
export function noisyClassifier(shape: NoisyClassifier): { trunk: Layer; head: Layer } {
  const { width, classes, itemNoise = 0.6, noise = 0.5 } = shape;
  const layers: Record<string, Layer> = { flat: fromZero };
  [2 * width, width, width].forEach((units, i) => {
    const length = i === 0 ? 3 : 1.5;
    layers[`noise${i}`] = gaussianNoise(i === 0 ? itemNoise : noise);
    layers[`hidden${i}`] = linear(units, {
      weightTransform: weightNorm({ length, learnt: false }),
    });
    layers[`act${i}`] = leaky(0.2);
  });
  const classesOf = linear(classes, { weightTransform: weightNorm() });
  return {
    trunk: sequential(layers),
    head: sequential({ noise: gaussianNoise(noise), classes: classesOf }),
  };
}

import type { Tensor } from "../../engine/ir/tensor.ts";
import { sizeOf } from "../../engine/ir/type.ts";
import { reshape } from "../../engine/ops/index.ts";
import { leaky, relu } from "../../nn/activations.ts";
import { linear } from "../../nn/linear.ts";
import { type Layer, type Net, sequential } from "../../nn/module.ts";
import type { WeightTransform } from "../../nn/weight.ts";

export interface MlpShape {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly activation?: Layer;
  /** After each hidden layer but, in a discriminator, the first; none when absent. */
  readonly norm?: Layer | undefined;
  readonly weightTransform?: WeightTransform | undefined;
}

type Stack = MlpShape & { readonly activation: Layer; readonly bareFirst?: boolean };

/** Hidden layers, named `hidden0`, `norm0`, `act0`, … */
function stack({ hidden, activation, norm, weightTransform, bareFirst = false }: Stack) {
  const layers: Record<string, Layer> = {};
  hidden.forEach((units, i) => {
    layers[`hidden${i}`] = linear(units, transformed(weightTransform));
    if (norm && !(bareFirst && i === 0)) layers[`norm${i}`] = norm;
    layers[`act${i}`] = activation;
  });
  return layers;
}

const transformed = (weightTransform: WeightTransform | undefined) =>
  weightTransform ? { weightTransform } : {};

/** Codes f32[n, z] → items f32[n, …item] through dense layers; `output` bounds them, if given. */
export function mlpGenerator({
  item,
  hidden,
  activation = relu,
  output,
  norm,
  weightTransform,
}: MlpShape & { readonly item: readonly number[]; readonly output?: Layer }): Net<Tensor, Tensor> {
  const out = linear(sizeOf(item), transformed(weightTransform));
  const net = sequential({ ...stack({ hidden, activation, norm, weightTransform }), out });
  return (z, scope) => {
    const flat = net(z, scope);
    const items = reshape(flat, { shape: [z.shape[0]!, ...item] });
    return output ? output(items, scope) : items;
  };
}

/** Items f32[n, …] → the last hidden layer f32[n, units]: the trunk of a discriminator. */
export function mlpFeatures({ activation = leaky(0.2), ...shape }: MlpShape): Net<Tensor, Tensor> {
  const net = sequential(stack({ ...shape, activation, bareFirst: true }));
  return (x, scope) => net(reshape(x, { shape: [x.shape[0]!, -1] }), scope);
}

/** Items f32[n, …] → logits f32[n] through dense layers. */
export function mlpDiscriminator(shape: MlpShape): Net<Tensor, Tensor> {
  const features = mlpFeatures(shape);
  const head = logit({ weightTransform: shape.weightTransform });
  return (x, scope) => head(features(x, scope), scope);
}

/** Features f32[n, …] → logits f32[n], linearly: the head of a discriminator with a trunk. */
export function logit({
  weightTransform,
}: Pick<MlpShape, "weightTransform"> = {}): Net<Tensor, Tensor> {
  const out = linear(1, transformed(weightTransform));
  return (x, scope) => {
    const n = x.shape[0]!;
    return reshape(out(reshape(x, { shape: [n, -1] }), scope.child("out")), { shape: [n] });
  };
}

import type { Tensor } from "../../engine/ir/tensor.ts";
import { sizeOf } from "../../engine/ir/type.ts";
import { reshape } from "../../engine/ops/index.ts";
import { leaky, relu } from "../../nn/activations.ts";
import { linear } from "../../nn/linear.ts";
import { type Layer, type Net, sequential } from "../../nn/module.ts";

export interface MlpShape {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly activation?: Layer;
}

function stack(hidden: readonly number[], activation: Layer, out: number): Layer {
  const layers: Record<string, Layer> = {};
  hidden.forEach((units, i) => {
    layers[`hidden${i}`] = linear(units);
    layers[`act${i}`] = activation;
  });
  layers.out = linear(out);
  return sequential(layers);
}

/** Codes f32[n, z] → items f32[n, …item] through dense layers; `output` bounds them, if given. */
export function mlpGenerator({
  item,
  hidden,
  activation = relu,
  output,
}: MlpShape & { readonly item: readonly number[]; readonly output?: Layer }): Net<Tensor, Tensor> {
  const net = stack(hidden, activation, sizeOf(item));
  return (z, scope) => {
    const flat = net(z, scope);
    const items = reshape(flat, { shape: [z.shape[0]!, ...item] });
    return output ? output(items, scope) : items;
  };
}

/** Items f32[n, …] → logits f32[n] through dense layers. */
export function mlpDiscriminator({
  hidden,
  activation = leaky(0.2),
}: MlpShape): Net<Tensor, Tensor> {
  const net = stack(hidden, activation, 1);
  return (x, scope) => {
    const n = x.shape[0]!;
    return reshape(net(reshape(x, { shape: [n, -1] }), scope), { shape: [n] });
  };
}

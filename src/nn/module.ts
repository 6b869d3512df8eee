import { tracedAt } from "../engine/ir/place.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add } from "../engine/ops/index.ts";
import type { Scope } from "./trace.ts";

/** A differentiable function with named parameters: a layer, a block or a whole network. */
export type Net<I = Tensor, O = Tensor> = (input: I, scope: Scope) => O;

/** A net from one tensor to one tensor. */
export type Layer = Net<Tensor, Tensor>;

/** A net under the name that its parameters carry. */
export interface Module<I = Tensor, O = Tensor> {
  readonly name: string;
  readonly net: Net<I, O>;
}

export const module = <I, O>(name: string, net: Net<I, O>): Module<I, O> => ({ name, net });

/** `layer` under a name of its own: its parameters become `<scope>.<name>.…`. */
export const named =
  <I, O>(name: string, net: Net<I, O>): Net<I, O> =>
  (x, scope) =>
    inside(net, x, scope.child(name));

/** Applies a part with its nodes said to come from its path. */
const inside = <I, O>(net: Net<I, O>, x: I, scope: Scope): O =>
  tracedAt(scope.path, () => net(x, scope));

/**
 * Layers one after the other. Parameters are named by position, `<scope>.<index>.…`, or by key when a
 * record is given: `<scope>.<key>.…`.
 */
export const sequential =
  (layers: readonly Layer[] | Readonly<Record<string, Layer>>): Layer =>
  (x, scope) =>
    Object.entries(layers).reduce((h, [name, layer]) => inside(layer, h, scope.child(name)), x);

/** x + f(x), or shortcut(x) + f(x). */
export const residual =
  (body: Layer, shortcut?: Layer): Layer =>
  (x, scope) => {
    const skip = shortcut ? inside(shortcut, x, scope.child("shortcut")) : x;
    return add(skip, inside(body, x, scope.child("body")));
  };

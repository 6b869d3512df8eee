import { grad } from "../engine/autodiff/grad.ts";
import { input } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import * as ops from "../engine/ops/index.ts";
import { type Program, program } from "../engine/program.ts";
import * as nn from "../nn/index.ts";

/** What a metric trains: items [n, …shape] → logits [n, classes]. */
export interface ClassifierNet {
  readonly net: nn.Layer;
  readonly shape: readonly number[];
  readonly classes: number;
  readonly convolutional: boolean;
}

/** Two hidden layers of 128, or for images two strided convolutions and a hidden layer of 64. */
export function classifierNet(shape: readonly number[], classes: number): ClassifierNet {
  const convolutional = shape.length === 3 && Math.min(shape[1]!, shape[2]!) >= 8;
  const halve = { kernel: 3, stride: 2, pad: 1 };
  const net = convolutional
    ? nn.sequential([
        nn.conv(16, halve),
        nn.relu,
        nn.conv(32, halve),
        nn.relu,
        flat,
        nn.linear(64),
        nn.relu,
        nn.linear(classes),
      ])
    : nn.sequential([flat, nn.linear(128), nn.silu, nn.linear(128), nn.silu, nn.linear(classes)]);
  return { net, shape, classes, convolutional };
}

const flat: nn.Layer = (x) => ops.reshape(x, { shape: [x.shape[0]!, -1] });

/** All variables of the net are under this name. */
const player = "classifier";

export interface ClassifierStep {
  readonly program: Program;
  /** Variable → the output that holds its next value. */
  readonly carried: Readonly<Record<string, string>>;
}

/** One step of AdamW on the mean cross-entropy of a batch. Inputs `items`, `labels`, `rate`. */
export function classifierStep(
  { net, shape, classes }: ClassifierNet,
  variables: nn.Variables,
  batch: number,
): ClassifierStep {
  const trace = new nn.Trace(variables, { training: true });
  const items = input("items", [batch, ...shape]);
  const wanted = ops.oneHot(input("labels", [batch], "i32"), { depth: classes });
  const said = ops.logSoftmax(net(items, trace.scope(player)));
  const loss = ops.neg(ops.mean(ops.sum(ops.mul(said, wanted), { axes: [1] })));
  const parameters = variables.of(player).map((v) => v.name);
  const gradients = grad(
    loss,
    parameters.map((name) => trace.read(name)),
  );
  descend(trace, parameters, gradients);
  const outputs: Record<string, Tensor> = { loss };
  const carried: Record<string, string> = {};
  for (const [name, value] of trace.written()) {
    carried[name] = `next/${name}`;
    outputs[`next/${name}`] = value;
  }
  return { program: program(outputs), carried };
}

function descend(trace: nn.Trace, names: readonly string[], gradients: readonly Tensor[]): void {
  const optimiser = nn.adamw({ beta1: 0.9, weightDecay: 1e-2 });
  const keep = (slots: Readonly<Record<string, nn.Slot>>, path: string) => {
    const states = Object.entries(slots).map(
      ([key, { shape, init }]) =>
        [key, trace.variable("state", `adam.${path}.${key}`, shape, init)] as const,
    );
    return {
      before: Object.fromEntries(states.map(([key, s]) => [key, s.read()])),
      after: (values: nn.Tensors) => {
        for (const [key, state] of states) state.write(values[key]!);
      },
    };
  };
  const hyper = { rate: input("rate", []) };
  const common = keep(optimiser.shared!, "shared");
  const shared = optimiser.advance!(common.before, hyper);
  common.after(shared);
  names.forEach((name, i) => {
    const parameter = trace.read(name);
    const slots = keep(optimiser.slots(parameter.shape), name);
    const gradient = gradients[i]!;
    const next = optimiser.update({ parameter, gradient, slots: slots.before, shared, hyper });
    slots.after(next.slots);
    trace.write(name, next.parameter);
  });
}

/** Logits of the net as its variables are. */
export const inferLogits = (
  { net }: ClassifierNet,
  variables: nn.Variables,
  items: Tensor,
): Tensor => net(items, new nn.Trace(variables, { training: false }).scope(player));

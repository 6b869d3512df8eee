import { GanymedeError } from "../../core/errors.ts";
import { constant, input } from "../ir/leaves.ts";
import type { Tensor } from "../ir/tensor.ts";
import { type Shape, sizeOf } from "../ir/type.ts";
import * as ops from "../ops/index.ts";
import type { ReadModel, ReadNode, ReadTensor } from "./read.ts";

/** A model as part of a trace: its gradients are those of our own operators. */
export interface TracedModel {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What must be fed beside the trace's other inputs: the model's weights. */
  readonly weights: ReadonlyMap<string, ReadTensor>;
}

/** Smaller literals are written into the graph. */
const smallest = 64;

interface Reading {
  readonly node: ReadNode;
  /** Input `i` as a tensor, or undefined where it is left out. */
  x(i: number): Tensor | undefined;
  /** Input `i` as literal numbers. */
  literal(i: number): readonly number[] | undefined;
  number(name: string, initial: number): number;
  numbers(name: string): readonly number[] | undefined;
  /** A size that stands for the model's own batch, as the batch that was asked for. */
  rows(size: number): number;
}

/**
 * Applies an ONNX model to traced values: the operators of convolutional classifiers and encoders, in
 * inference. Models of a fixed batch are taken at any: a reshape to that many rows is one to as many as
 * are fed.
 *
 * @param feeds by the names of the model's inputs
 * @param options.prefix of the names under which its weights are fed
 * @param options.batch rows that the model's own reshapes are made for, where that is fixed
 * @throws GanymedeError ONNX_OPERATOR for one that is not among them, SHAPE
 */
export function traceModel(
  model: ReadModel,
  feeds: Readonly<Record<string, Tensor>>,
  { prefix, batch }: { readonly prefix: string; readonly batch?: number },
): TracedModel {
  const asked = Object.values(feeds)[0]!.shape[0]!;
  const known = knownValues(model, feeds, prefix);
  for (const node of needed(model)) {
    const { opType, inputs, outputs, attributes } = node;
    if (opType === "Constant") {
      known.literals.set(outputs[0]!, attributes.value as ReadTensor);
      continue;
    }
    const rule = Object.hasOwn(rules, opType) ? rules[opType] : undefined;
    if (!rule) throw unsupported(opType);
    const made = rule({
      node,
      x: (i) => (inputs[i] ? known.value(inputs[i]) : undefined),
      literal: (i) => {
        const found = inputs[i] ? known.literals.get(inputs[i]) : undefined;
        return found && Array.from(found.data);
      },
      number: (name, initial) => (attributes[name] as number | undefined) ?? initial,
      numbers: (name) => attributes[name] as readonly number[] | undefined,
      rows: (size) => (size === batch ? asked : size),
    });
    known.values.set(outputs[0]!, made);
  }
  const found = model.outputs.map((name) => [name, known.value(name)!] as const);
  return { outputs: Object.fromEntries(found), weights: known.weights };
}

/** What names stand for: results so far, and literals, which become tensors when they are used. */
function knownValues(model: ReadModel, feeds: Readonly<Record<string, Tensor>>, prefix: string) {
  const values = new Map<string, Tensor>(Object.entries(feeds));
  const literals = new Map<string, ReadTensor>(model.initializers);
  const weights = new Map<string, ReadTensor>();
  const value = (name: string): Tensor | undefined => {
    const literal = literals.get(name);
    if (values.has(name) || !literal) return values.get(name);
    const { dims, data, isFloat } = literal;
    const large = isFloat && sizeOf(dims) > smallest;
    if (large) weights.set(prefix + name, literal);
    const type = isFloat ? "f32" : "i32";
    values.set(name, large ? input(prefix + name, dims) : constant(data, dims, type));
    return values.get(name);
  };
  return { values, literals, weights, value };
}

/** Nodes in the file's order, which is topological, without those that no output needs. */
function needed({ nodes, outputs }: ReadModel): ReadNode[] {
  const wanted = new Set(outputs);
  const kept = [...nodes].reverse().filter((node) => {
    if (!node.outputs.some((name) => wanted.has(name))) return false;
    for (const name of node.inputs) wanted.add(name);
    return true;
  });
  return kept.reverse();
}

const unsupported = (opType: string) =>
  new GanymedeError("ONNX_OPERATOR", {
    where: "model",
    expected: `operators among ${Object.keys(rules).join(", ")}`,
    got: opType,
    fix: "choose an extractor that has none but these, such as `encoder`",
  });

type Rule = (read: Reading) => Tensor;

const unary =
  (op: (x: Tensor) => Tensor): Rule =>
  ({ x }) =>
    op(x(0)!);
const binary =
  (op: (a: Tensor, b: Tensor) => Tensor): Rule =>
  ({ x }) =>
    op(x(0)!, x(1)!);

/** [before…, after…] of ONNX as pairs. */
function padsOf({ node, numbers }: Reading, rank: number): [number, number][] {
  const mode = node.attributes.auto_pad ?? "NOTSET";
  if (mode !== "NOTSET" && mode !== "VALID") throw unsupported(`${node.opType} with ${mode}`);
  const pads = numbers("pads") ?? Array<number>(2 * rank).fill(0);
  return Array.from({ length: rank }, (_, i) => [pads[i]!, pads[rank + i]!]);
}

function convolution(read: Reading): Tensor {
  const { x, numbers, number } = read;
  const rank = x(0)!.shape.length - 2;
  const strides = numbers("strides") ?? Array<number>(rank).fill(1);
  const dilations = numbers("dilations") ?? Array<number>(rank).fill(1);
  const window = { strides, dilations, pads: padsOf(read, rank), groups: number("group", 1) };
  const y = ops.conv(x(0)!, x(1)!, window);
  const bias = x(2);
  if (!bias) return y;
  return ops.add(y, ops.reshape(bias, { shape: [-1, ...Array<number>(rank).fill(1)] }));
}

const pooling =
  (pool: typeof ops.maxPool | typeof ops.avgPool): Rule =>
  (read) => {
    const { x, numbers, number, node } = read;
    const kernel = numbers("kernel_shape")!;
    const pads = padsOf(read, kernel.length);
    const padded = pads.flat().some((p) => p > 0);
    if (number("ceil_mode", 0) !== 0) throw unsupported(`${node.opType} with ceil_mode`);
    if (pool === ops.avgPool && padded && number("count_include_pad", 0) === 0) {
      throw unsupported("AveragePool that leaves its pads out");
    }
    const strides = numbers("strides") ?? kernel.map(() => 1);
    return pool(x(0)!, { kernel, strides, pads });
  };

function product({ x, number }: Reading): Tensor {
  const transposed = {
    transposeA: number("transA", 0) === 1,
    transposeB: number("transB", 0) === 1,
  };
  const y = ops.mul(ops.matmul(x(0)!, x(1)!, transposed), number("alpha", 1));
  const bias = x(2);
  return bias ? ops.add(y, ops.mul(bias, number("beta", 1))) : y;
}

function reshaped({ x, literal, rows, node }: Reading): Tensor {
  const asked = literal(1);
  if (!asked) throw unsupported(`${node.opType} to a computed shape`);
  const from = x(0)!;
  const shape = asked.map((d, i) => (d === 0 ? from.shape[i]! : i === 0 ? rows(d) : d));
  return ops.reshape(from, { shape });
}

/** (x − mean)/√(variance + ε)·gain + bias, channel by channel. */
function batchNorm({ x, number }: Reading): Tensor {
  const rank = x(0)!.shape.length - 2;
  const wide = (i: number) => ops.reshape(x(i)!, { shape: [-1, ...Array<number>(rank).fill(1)] });
  const inverse = ops.rsqrt(ops.add(wide(4), number("epsilon", 1e-5)));
  const gain = ops.mul(wide(1), inverse);
  return ops.add(ops.mul(ops.sub(x(0)!, wide(3)), gain), wide(2));
}

const rules: Readonly<Record<string, Rule>> = {
  Conv: convolution,
  MaxPool: pooling(ops.maxPool),
  AveragePool: pooling(ops.avgPool),
  GlobalAveragePool: ({ x }) => {
    const axes = x(0)!
      .shape.slice(2)
      .map((_, i) => i + 2);
    return ops.mean(x(0)!, { axes, keep: true });
  },
  BatchNormalization: batchNorm,
  Gemm: product,
  MatMul: binary((a, b) => ops.matmul(a, b)),
  Add: binary((a, b) => ops.add(a, b)),
  Sub: binary((a, b) => ops.sub(a, b)),
  Mul: binary((a, b) => ops.mul(a, b)),
  Div: binary((a, b) => ops.div(a, b)),
  Neg: unary(ops.neg),
  Abs: unary(ops.abs),
  Exp: unary(ops.exp),
  Log: unary(ops.log),
  Sqrt: unary(ops.sqrt),
  Erf: unary(ops.erf),
  Tanh: unary(ops.tanh),
  Sigmoid: unary(ops.sigmoid),
  Softplus: unary(ops.softplus),
  Relu: unary(ops.relu),
  LeakyRelu: ({ x, number }) => ops.leakyRelu(x(0)!, { alpha: number("alpha", 0.01) }),
  Clip: ({ x, literal }) => ops.clip(x(0)!, { min: literal(1)?.[0], max: literal(2)?.[0] }),
  Softmax: ({ x, number }) => ops.softmax(x(0)!, { axis: number("axis", -1) }),
  Concat: ({ x, node, number }) =>
    ops.concat(
      node.inputs.map((_, i) => x(i)!),
      { axis: number("axis", 0) },
    ),
  Transpose: ({ x, numbers }) => {
    const perm = numbers("perm") ?? x(0)!.shape.map((_, i, all) => all.length - 1 - i);
    return ops.transpose(x(0)!, { perm });
  },
  Reshape: reshaped,
  Flatten: ({ x, number }) => {
    const axis = number("axis", 1);
    const rows = sizeOf(x(0)!.shape.slice(0, axis) as Shape);
    return ops.reshape(x(0)!, { shape: [rows, -1] });
  },
  Identity: ({ x }) => x(0)!,
  Dropout: ({ x }) => x(0)!,
};

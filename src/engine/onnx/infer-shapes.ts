import { broadcastShapes, type Shape, sizeOf } from "../ir/type.ts";
import {
  type AttributeValue,
  type ElemType,
  elemType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from "./proto.ts";

/** A value of a graph, without its elements. */
export interface ValueType {
  readonly shape: Shape;
  readonly type: ElemType;
}

/** What a rule sees of a node. */
interface Seen {
  readonly shapes: readonly Shape[];
  readonly node: NodeProto;
  /** The numbers of a constant input; undefined where there is none. */
  numbersOf(input: number): readonly number[] | undefined;
}

type Rule = (seen: Seen) => Shape;

const numbers = (value: AttributeValue | undefined): readonly number[] | undefined =>
  Array.isArray(value) ? value : undefined;
const number = (value: AttributeValue | undefined, initial: number): number =>
  typeof value === "number" ? value : initial;

const axisOf = ({ attributes }: NodeProto, shape: Shape, initial: number): number =>
  (number(attributes.axis, initial) + shape.length) % shape.length;

const same: Rule = ({ shapes }) => shapes[0]!;
const broadcast: Rule = ({ shapes }) => shapes.reduce(broadcastShapes);

const reduce: Rule = ({ shapes, node, numbersOf }) => {
  const shape = shapes[0]!;
  const axes = (numbersOf(1) ?? shape.map((_, i) => i)).map(
    (a) => (a + shape.length) % shape.length,
  );
  const kept = shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return number(node.attributes.keepdims, 1) ? kept : kept.filter((_, i) => !axes.includes(i));
};

/** [n,k,…out]: windows of `kernel` over `size`. */
function windows({ node }: Seen, size: Shape, kernel: Shape): Shape {
  const strides = numbers(node.attributes.strides) ?? size.map(() => 1);
  const dilations = numbers(node.attributes.dilations) ?? size.map(() => 1);
  const pads = numbers(node.attributes.pads) ?? size.flatMap(() => [0, 0]);
  return size.map((s, i) => {
    const reach = dilations[i]! * (kernel[i]! - 1) + 1;
    return Math.floor((s + pads[i]! + pads[i + size.length]! - reach) / strides[i]!) + 1;
  });
}

const convolution: Rule = (seen) => {
  const [x, w] = seen.shapes as [Shape, Shape];
  return [x[0]!, w[0]!, ...windows(seen, x.slice(2), w.slice(2))];
};

const transposed: Rule = ({ shapes, node }) => {
  const [x, w] = shapes as [Shape, Shape];
  const rank = x.length - 2;
  const of = (name: string, initial: number) =>
    numbers(node.attributes[name]) ?? Array.from({ length: 2 * rank }, () => initial);
  const [strides, dilations, pads] = [of("strides", 1), of("dilations", 1), of("pads", 0)];
  const extra = of("output_padding", 0);
  const size = x.slice(2).map((s, i) => {
    const reach = dilations[i]! * (w[i + 2]! - 1) + 1;
    return (s - 1) * strides[i]! + reach + extra[i]! - pads[i]! - pads[i + rank]!;
  });
  return [x[0]!, w[1]! * number(node.attributes.group, 1), ...size];
};

const product: Rule = ({ shapes, node }) => {
  const flip = (shape: Shape, yes: AttributeValue | undefined) =>
    yes ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;
  const a = flip(shapes[0]!, node.attributes.transA);
  const b = flip(shapes[1]!, node.attributes.transB);
  const lead = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  return [...lead, a.at(-2)!, b.at(-1)!];
};

const slice: Rule = ({ shapes, numbersOf }) => {
  const shape = [...shapes[0]!];
  const [starts, ends] = [numbersOf(1)!, numbersOf(2)!];
  const axes = numbersOf(3) ?? starts.map((_, i) => i);
  const steps = numbersOf(4) ?? starts.map(() => 1);
  axes.forEach((given, i) => {
    const axis = (given + shape.length) % shape.length;
    const [size, step] = [shape[axis]!, steps[i]!];
    const [low, high] = step > 0 ? [0, size] : [-1, size - 1];
    const at = (v: number) => Math.min(high, Math.max(low, v < 0 ? v + size : v));
    shape[axis] = Math.max(0, Math.ceil((at(ends[i]!) - at(starts[i]!)) / step));
  });
  return shape;
};

const reshaped: Rule = ({ shapes, numbersOf }) => {
  const [from, wanted] = [shapes[0]!, numbersOf(1)!.map((s, i) => s || shapes[0]![i]!)];
  const known = wanted.reduce((n, s) => (s < 0 ? n : n * s), 1);
  return wanted.map((s) => (s < 0 ? sizeOf(from) / known : s));
};

/** The axis along which the position of the largest is asked for. */
const extreme: Rule = ({ shapes, node }) => {
  const axis = axisOf(node, shapes[0]!, 0);
  const kept = shapes[0]!.map((s, i) => (i === axis ? 1 : s));
  return number(node.attributes.keepdims, 1) ? kept : kept.filter((_, i) => i !== axis);
};

const pooled: Rule = (seen) => {
  const x = seen.shapes[0]!;
  const kernel = numbers(seen.node.attributes.kernel_shape)!;
  return [...x.slice(0, 2), ...windows(seen, x.slice(2), kernel)];
};

/** Operators whose result is not shaped as their first operand, or as their operands broadcast. */
const rules: Readonly<Record<string, Rule>> = {
  Transpose: ({ shapes, node }) => {
    const perm = numbers(node.attributes.perm) ?? shapes[0]!.map((_, i, all) => all.length - 1 - i);
    return perm.map((axis) => shapes[0]![axis]!);
  },
  Reshape: reshaped,
  Slice: slice,
  Pad: ({ shapes, numbersOf }) => {
    const pads = numbersOf(1)!;
    const axes = numbersOf(3) ?? shapes[0]!.map((_, i) => i);
    return shapes[0]!.map((s, i) => {
      const at = axes.indexOf(i);
      return at < 0 ? s : s + pads[at]! + pads[at + axes.length]!;
    });
  },
  Concat: ({ shapes, node }) => {
    const axis = axisOf(node, shapes[0]!, 0);
    return shapes[0]!.map((s, i) => (i === axis ? shapes.reduce((n, x) => n + x[i]!, 0) : s));
  },
  Gather: ({ shapes, node }) => {
    const axis = number(node.attributes.axis, 0);
    return [...shapes[0]!.slice(0, axis), ...shapes[1]!, ...shapes[0]!.slice(axis + 1)];
  },
  GatherElements: ({ shapes }) => shapes[1]!,
  Expand: ({ shapes, numbersOf }) => broadcastShapes(shapes[0]!, numbersOf(1)!),
  Conv: convolution,
  FusedConv: convolution,
  ConvTranspose: transposed,
  MatMul: product,
  FusedMatMul: product,
  Gemm: product,
  Col2Im: ({ shapes, numbersOf }) => {
    const [size, kernel] = [numbersOf(1)!, numbersOf(2)!];
    return [shapes[0]![0]!, shapes[0]![1]! / sizeOf(kernel), ...size];
  },
  MaxPool: pooled,
  AveragePool: pooled,
  Resize: ({ shapes, numbersOf }) => {
    const scales = numbersOf(2);
    return scales?.length ? shapes[0]!.map((s, i) => Math.floor(s * scales[i]!)) : numbersOf(3)!;
  },
  ArgMax: extreme,
  ArgMin: extreme,
  TopK: ({ shapes, node, numbersOf }) => {
    const axis = axisOf(node, shapes[0]!, -1);
    return shapes[0]!.map((s, i) => (i === axis ? numbersOf(1)![0]! : s));
  },
  Shape: ({ shapes }) => [shapes[0]!.length],
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
};

/** Operators whose operands broadcast. */
const elementwise = new Set(
  "Add Sub Mul Div Pow Max Min Where And Or Less LessOrEqual Equal Greater GreaterOrEqual BitShift".split(
    " ",
  ),
);

const truths = new Set("Less LessOrEqual Equal Greater GreaterOrEqual And Or Not".split(" "));

const elemTypes = Object.fromEntries(
  Object.entries(elemType).map(([name, code]) => [code, name as ElemType]),
);

/** Of the first result and of a second one, where that differs. */
function typesOf({ opType, attributes }: NodeProto, inputs: readonly (ElemType | undefined)[]) {
  const own = inputs[opType === "Where" ? 1 : 0] ?? "f32";
  if (truths.has(opType)) return ["bool", "bool"] as const;
  if (opType === "Cast") return [elemTypes[Number(attributes.to)]!, own] as const;
  if (["Shape", "ArgMax", "ArgMin"].includes(opType)) return ["i64", own] as const;
  return [own, ["TopK", "MaxPool"].includes(opType) ? "i64" : own] as const;
}

/** Of an int64 or float32 constant. */
function numbersIn(t: TensorProto | undefined): readonly number[] | undefined {
  const bytes = t?.data.slice().buffer;
  if (t?.type === "i64") return Array.from(new BigInt64Array(bytes!), Number);
  return t?.type === "f32" ? [...new Float32Array(bytes!)] : undefined;
}

/** The shape and type of every value of a graph, in the order of its nodes; sub-graphs aside. */
export function inferShapes(graph: GraphProto): Map<string, ValueType> {
  const known = new Map<string, ValueType>();
  const constants = new Map<string, TensorProto>();
  for (const t of graph.initializers) {
    known.set(t.name, { shape: t.dims, type: t.type });
    constants.set(t.name, t);
  }
  for (const { name, dims, type } of graph.inputs) known.set(name, { shape: dims as Shape, type });
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => known.get(name));
    const numbersOf = (i: number) => numbersIn(constants.get(node.inputs[i] ?? ""));
    const shapes = inputs.map((v) => v?.shape ?? []);
    const rule = rules[node.opType] ?? (elementwise.has(node.opType) ? broadcast : same);
    const shape = rule({ shapes, node, numbersOf });
    const types = typesOf(
      node,
      inputs.map((v) => v?.type),
    );
    for (const [i, output] of node.outputs.entries()) {
      known.set(output, { shape, type: types[i === 0 ? 0 : 1] });
    }
  }
  return known;
}

import { sizeOf } from "../ir/type.ts";
import { Arena, type Lifetime, moments, packed } from "./arena.ts";
import { inferShapes, type ValueType } from "./infer-shapes.ts";
import type { ElemType, GraphProto, ModelProto, NodeProto } from "./proto.ts";

/** Memory of ONNX Runtime for the calls of a model on the CPU, in bytes. */
export interface RuntimeMemory {
  /** Intermediate results of one call, packed as the runtime packs them. */
  readonly working: number;
  /** What its arena has touched after a few calls. */
  readonly arena: number;
  /** What a call is fed and hands back, weights and optimisers included. */
  readonly fed: number;
  readonly returned: number;
  /** Nodes, those of loops' bodies included. */
  readonly operators: number;
}

const elementBytes: Readonly<Record<ElemType, number>> = {
  f32: 4,
  f16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u8: 1,
  bool: 1,
};

const bytesOf = ({ shape, type }: ValueType): number => sizeOf(shape) * elementBytes[type];

/**
 * Predicts the memory of calls of a model, by doing what the runtime's planner and arena do with the
 * sizes of its values (1.30; allocation_planner.cc). Nothing is run. The first call takes each result
 * from the arena; from the second on intermediate results lie in one block, taken beside what the
 * first one left, since an arena gives nothing back.
 */
export function runtimeMemory({ graph }: ModelProto): RuntimeMemory {
  const graphs = [graph, ...bodiesOf(graph)];
  const all = graphs.map(buffersOf);
  const fed = total(graph.inputs.map(({ dims, type }) => ({ shape: dims as number[], type })));
  const returned = all[0]!.filter((b) => b.returned).reduce((sum, b) => sum + b.bytes, 0);
  const blocks = all.map((buffers) => packed(buffers.filter((b) => !b.returned)));
  const working = blocks.reduce((sum, bytes) => sum + bytes, 0);
  const arena = new Arena();
  for (const buffers of all) play(arena, buffers);
  for (const bytes of blocks) arena.take(bytes);
  for (const buffers of all) {
    play(
      arena,
      buffers.filter((b) => b.returned),
    );
  }
  const operators = graphs.reduce((sum, { nodes }) => sum + nodes.length, 0);
  return { working, arena: arena.bytes, fed, returned, operators };
}

const total = (values: readonly ValueType[]): number =>
  values.reduce((sum, value) => sum + bytesOf(value), 0);

/** The bodies of a graph's loops. */
const bodiesOf = ({ nodes }: GraphProto): GraphProto[] =>
  nodes.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((value) =>
      typeof value === "object" && "graph" in value ? [value.graph] : [],
    ),
  );

function play(arena: Arena, buffers: readonly Buffer[]): void {
  const taken = new Map<Buffer, ReturnType<Arena["take"]>>();
  for (const { of, ends } of moments(buffers)) {
    if (ends) arena.give(taken.get(of)!);
    else taken.set(of, arena.take(of.bytes));
  }
}

/**
 * The runtime's default order: depth first from the nodes that nobody reads, the last of them first,
 * and of a node's makers the last written first.
 */
function executionOrder(nodes: readonly NodeProto[]): NodeProto[] {
  const makers = new Map(nodes.flatMap((n) => n.outputs.map((o) => [o, n] as const)));
  const place = new Map(nodes.map((n, i) => [n, i]));
  const before = (n: NodeProto) => {
    const found = new Set(n.inputs.flatMap((name) => makers.get(name) ?? []));
    return [...found].sort((a, b) => place.get(a)! - place.get(b)!);
  };
  const read = new Set(nodes.flatMap(before));
  const stack = nodes.filter((n) => !read.has(n)).map((node) => ({ node, done: false }));
  const seen = new Set<NodeProto>();
  const order: NodeProto[] = [];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, done } = top;
    if (done) order.push(node);
    if (done || seen.has(node)) continue;
    seen.add(node);
    stack.push({ node, done: true });
    for (const maker of before(node))
      if (!seen.has(maker)) stack.push({ node: maker, done: false });
  }
  return order;
}

/** Memory that one or more values live in, one after the other. */
interface Buffer extends Lifetime {
  to: number;
  readonly key: string;
  readonly returned: boolean;
  /** Values in it that are still to be read. */
  holds: number;
}

/** Operators that may write over an operand of the same size that nobody else reads. */
const inPlace = new Set(
  (
    "Add Sub Mul Div Min Max Pow Where Relu LeakyRelu HardSigmoid Sigmoid Tanh Sqrt Neg Abs Exp Log " +
    "Cast Clip Softmax Erf Floor Identity"
  ).split(" "),
);

/** What is known while the buffers of a graph are planned. */
interface Planning {
  readonly order: readonly NodeProto[];
  readonly outputs: ReadonlySet<string>;
  /** Times that a value is still to be read. */
  readonly unread: Map<string, number>;
  /** Where a value lies. */
  readonly at: Map<string, Buffer>;
  /** Done with, the last one first. */
  readonly free: Buffer[];
}

/** Every buffer of one call of a graph, in the runtime's order and with what it shares. */
function buffersOf(graph: GraphProto): Buffer[] {
  const types = inferShapes(graph);
  const order = executionOrder(graph.nodes);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const unread = new Map<string, number>();
  for (const name of [...order.flatMap((n) => n.inputs), ...outputs]) {
    unread.set(name, (unread.get(name) ?? 0) + 1);
  }
  const planning: Planning = { order, outputs, unread, at: new Map(), free: [] };
  const all = new Set<Buffer>();
  order.forEach((node, moment) => {
    for (const output of node.outputs) {
      const buffer = place(planning, node, output, types.get(output)!, moment);
      buffer.to = buffer.returned ? order.length : moment;
      all.add(buffer);
    }
    readBy(node, moment, planning);
  });
  return [...all];
}

/** Where a result goes: over an operand, into what is free, or into memory of its own. */
function place(planning: Planning, node: NodeProto, output: string, type: ValueType, from: number) {
  const { outputs, at, free } = planning;
  const returned = outputs.has(output);
  const [bytes, key] = [bytesOf(type), `${type.type} ${type.shape.join()}`];
  const shared = returned ? undefined : (overwritten(node, bytes, planning) ?? withKey(free, key));
  const buffer = shared ?? { bytes, from, to: from, key, returned, holds: 0 };
  buffer.holds += 1;
  at.set(output, buffer);
  return buffer;
}

/** Lets go of operands that nobody reads any more, and of results that nobody reads at all. */
function readBy({ inputs, outputs }: NodeProto, moment: number, planning: Planning): void {
  const { unread, at, free } = planning;
  const leave = (buffer: Buffer) => {
    buffer.holds -= 1;
    if (buffer.holds === 0 && !buffer.returned) free.unshift(buffer);
  };
  for (const name of inputs) {
    const left = unread.get(name)! - 1;
    unread.set(name, left);
    const buffer = at.get(name);
    if (!buffer) continue;
    if (!buffer.returned) buffer.to = moment;
    if (left === 0) leave(buffer);
  }
  for (const output of outputs) if (!unread.get(output)) leave(at.get(output)!);
}

/** The buffer of an operand that the node may put its result into. */
function overwritten(
  { opType, inputs }: NodeProto,
  bytes: number,
  { at, unread }: Planning,
): Buffer | undefined {
  const whole = (buffer: Buffer | undefined) =>
    buffer && !buffer.returned && buffer.bytes === bytes ? buffer : undefined;
  // A view: whoever else reads the operand reads the same bytes.
  if (opType === "Reshape") return whole(at.get(inputs[0]!));
  if (!inPlace.has(opType)) return undefined;
  const last = inputs.find(
    (name) => unread.get(name) === 1 && at.get(name)?.holds === 1 && whole(at.get(name)),
  );
  return last === undefined ? undefined : at.get(last);
}

function withKey(free: Buffer[], key: string): Buffer | undefined {
  const found = free.findIndex((b) => b.key === key);
  return found < 0 ? undefined : free.splice(found, 1)[0];
}

import { GanymedeError } from "../../core/errors.ts";
import type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfo } from "./proto.ts";

/** A model traced at one batch size. */
export interface AtBatch {
  readonly batch: number;
  readonly model: ModelProto;
}

/** Two batch sizes that no layer has by chance, so that what differs between traces is the batch. */
export const probeBatches = [1009, 1013] as const;

/**
 * One model for every batch size from the same program traced at two: the graphs must be equal but
 * for sizes that are multiples of the batch. Such a size becomes -1 in a reshape and is computed from
 * the first input elsewhere; constants that only repeat along the batch are expanded. The batch
 * dimension of inputs and outputs is called `symbol`.
 *
 * @throws GanymedeError EXPORT_BATCH when the program depends on the batch in any other way
 */
export function withDynamicBatch(a: AtBatch, b: AtBatch, symbol = "n"): ModelProto {
  return { ...a.model, graph: new Generaliser(a, b, symbol).graph() };
}

class Generaliser {
  private readonly a: AtBatch;
  private readonly b: AtBatch;
  private readonly symbol: string;
  private readonly constantsA: Map<string, TensorProto>;
  private readonly constantsB: Map<string, TensorProto>;
  /** Computed names of the first graph → those of the second. */
  private readonly twins = new Map<string, string>();
  private readonly nodes: NodeProto[] = [];
  private readonly extra: TensorProto[] = [];
  /** Pairs of constants, and written constants, by what they hold → the name that stands for them. */
  private readonly written = new Map<string, string>();

  constructor(a: AtBatch, b: AtBatch, symbol: string) {
    this.a = a;
    this.b = b;
    this.symbol = symbol;
    this.constantsA = byName(a.model.graph.initializers);
    this.constantsB = byName(b.model.graph.initializers);
  }

  graph(): GraphProto {
    const [ga, gb] = [this.a.model.graph, this.b.model.graph];
    if (ga.nodes.length !== gb.nodes.length) {
      refuse("graph", `${ga.nodes.length} and ${gb.nodes.length} nodes`);
    }
    const inputs = ga.inputs.map((v, i) => this.value(v, gb.inputs[i]));
    const outputs = ga.outputs.map((v, i) => this.value(v, gb.outputs[i]));
    ga.nodes.forEach((node, i) => {
      this.node(node, gb.nodes[i]!);
    });
    const used = new Set(this.nodes.flatMap((n) => n.inputs));
    const initializers = [...ga.initializers, ...this.extra].filter((t) => used.has(t.name));
    return { ...ga, nodes: this.nodes, initializers, inputs, outputs };
  }

  private value(a: ValueInfo, b: ValueInfo | undefined): ValueInfo {
    if (a.name !== b?.name || a.dims.length !== b.dims.length) refuse(a.name, "two signatures");
    this.twins.set(a.name, b.name);
    const dims = a.dims.map((d, i) => {
      const times = this.multiple(Number(d), Number(b.dims[i]), a.name);
      if (times === 0) return d;
      return times === 1 ? this.symbol : `${times}${this.symbol}`;
    });
    return { ...a, dims };
  }

  /** 0 when a size does not depend on the batch, else how often it holds it. */
  private multiple(a: number, b: number, where: string): number {
    if (a === b) return 0;
    const times = a / this.a.batch;
    if (!Number.isInteger(times) || b !== times * this.b.batch)
      refuse(where, `sizes ${a} and ${b}`);
    return times;
  }

  private node(a: NodeProto, b: NodeProto): void {
    const where = a.outputs[0]!;
    const alike = a.opType === b.opType && a.domain === b.domain;
    if (!alike || a.inputs.length !== b.inputs.length) refuse(where, `${a.opType} and ${b.opType}`);
    if (JSON.stringify(a.attributes) !== JSON.stringify(b.attributes)) {
      refuse(where, `two sets of attributes of ${a.opType}`);
    }
    const inputs = a.inputs.map((name, i) => this.input(a, i, name, b.inputs[i]!));
    a.outputs.forEach((name, i) => {
      this.twins.set(name, b.outputs[i]!);
    });
    this.nodes.push({ ...a, inputs });
  }

  private input(node: NodeProto, slot: number, a: string, b: string): string {
    const [ta, tb] = [this.constantsA.get(a), this.constantsB.get(b)];
    if (!ta || !tb) {
      if (a === b || this.twins.get(a) === b) return a;
      return refuse(node.outputs[0]!, `${a} and ${b}`);
    }
    if (sameTensor(ta, tb)) return a;
    const isReshape = node.opType === "Reshape" && slot === 1;
    return this.once(`${a} ${b} ${isReshape}`, () =>
      ta.type === "i64" ? this.sizes(ta, tb, isReshape) : this.repeated(ta, tb),
    );
  }

  /** A vector of sizes, some of which are multiples of the batch. */
  private sizes(a: TensorProto, b: TensorProto, isReshape: boolean): string {
    const [va, vb] = [int64s(a), int64s(b)];
    if (a.dims.length !== 1 || va.length !== vb.length) refuse(a.name, "two ranks");
    const times = va.map((v, i) => this.multiple(v, vb[i]!, a.name));
    if (isReshape && times.filter((t) => t > 0).length === 1) {
      return this.ints(va.map((v, i) => (times[i] === 0 ? v : -1)));
    }
    const parts = va.map((v, i) => (times[i] === 0 ? this.ints([v]) : this.batchTimes(times[i]!)));
    return this.emit("Concat", parts, { axis: 0 });
  }

  /** A constant whose slices along one axis, the batch, are all the same. */
  private repeated(a: TensorProto, b: TensorProto): string {
    const axis = a.dims.findIndex((d, i) => d !== b.dims[i]);
    if (axis < 0 || a.dims.length !== b.dims.length) refuse(a.name, "two values");
    const times = this.multiple(a.dims[axis]!, b.dims[axis]!, a.name);
    const [slice, other] = [firstSlice(a, axis), firstSlice(b, axis)];
    if (!slice || !other || !sameTensor(slice, other))
      refuse(a.name, "values that follow the batch");
    const single: TensorProto = { ...slice, name: `${a.name}/one` };
    this.extra.push(single);
    const parts = a.dims.map((d, i) => (i === axis ? this.batchTimes(times) : this.ints([d])));
    return this.emit("Expand", [single.name, this.emit("Concat", parts, { axis: 0 })]);
  }

  /** The batch size of this call as a vector of one, times a constant. */
  private batchTimes(times: number): string {
    const { name, dims } = this.a.model.graph.inputs[0]!;
    const axis = dims.indexOf(this.a.batch);
    const batch = this.emit("Shape", [name], { start: axis, end: axis + 1 });
    return times === 1 ? batch : this.emit("Mul", [batch, this.ints([times])]);
  }

  private ints(values: readonly number[]): string {
    return this.once(`ints ${values}`, () => {
      const name = `batch/const_${this.extra.length}`;
      const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      this.extra.push({ name, dims: [values.length], type: "i64", data });
      return name;
    });
  }

  private emit(opType: string, inputs: string[], attributes: NodeProto["attributes"] = {}): string {
    return this.once(JSON.stringify([opType, inputs, attributes]), () => {
      const name = `batch/${opType}_${this.nodes.length}`;
      this.nodes.push({ opType, domain: "", inputs, outputs: [name], attributes });
      return name;
    });
  }

  private once(key: string, make: () => string): string {
    const name = this.written.get(key) ?? make();
    this.written.set(key, name);
    return name;
  }
}

const byName = (tensors: readonly TensorProto[]) => new Map(tensors.map((t) => [t.name, t]));

const sameTensor = (a: TensorProto, b: TensorProto): boolean =>
  a.data === b.data ||
  (a.type === b.type &&
    a.dims.join() === b.dims.join() &&
    a.data.length === b.data.length &&
    a.data.every((byte, i) => byte === b.data[i]));

const int64s = ({ data }: TensorProto): number[] =>
  Array.from(new BigInt64Array(data.slice().buffer), Number);

/** The slice at 0 along `axis`, size kept as 1, if all slices are equal to it. */
function firstSlice(t: TensorProto, axis: number): TensorProto | undefined {
  const count = t.dims[axis]!;
  const outer = t.dims.slice(0, axis).reduce((x, y) => x * y, 1);
  const step = t.data.length / outer / count;
  const data = new Uint8Array(outer * step);
  for (let o = 0; o < outer; o++) {
    const first = t.data.subarray(o * count * step, (o * count + 1) * step);
    data.set(first, o * step);
    for (let i = 1; i < count; i++) {
      const from = (o * count + i) * step;
      if (!t.data.subarray(from, from + step).every((byte, k) => byte === first[k]))
        return undefined;
    }
  }
  return { ...t, dims: t.dims.map((d, i) => (i === axis ? 1 : d)), data };
}

function refuse(where: string, got: string): never {
  throw new GanymedeError("EXPORT_BATCH", {
    where,
    expected: "a graph that depends on the batch by sizes only",
    got,
    fix: "export it for a fixed batch",
  });
}

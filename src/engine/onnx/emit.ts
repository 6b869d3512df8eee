import { halfBits } from "../../core/half.ts";
import type { DType, Shape } from "../ir/type.ts";
import type { NdArray } from "../reference/ndarray.ts";
import { holdsGraph, usesOf } from "./fuse.ts";
import { fuseConvolutions } from "./fuse-conv.ts";
import { fuseProducts } from "./fuse-gemm.ts";
import type {
  AttributeValue,
  ElemType,
  GraphProto,
  NodeProto,
  TensorProto,
  ValueInfo,
} from "./proto.ts";

/** What the lowering may rely on: decided by the provider, once per process. */
export interface Target {
  /** `plain` is for files: standard operators only, and nothing that depends on the batch. */
  readonly provider: "cpu" | "wasm" | "webgpu" | "plain";
  /** Channel block of the `com.microsoft.nchwc` convolutions; 0 = they are not to be used. */
  readonly nchwcBlock: number;
  /** Whether it has arithmetic of float16; elsewhere halves are only stored, and widened to compute. */
  readonly half?: boolean;
}

export const plainCpu: Target = { provider: "cpu", nchwcBlock: 0 };

export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface EmitOptions {
  readonly domain?: string;
  /** How many results; the first one's name is returned. */
  readonly outputs?: number;
}

/** What a lowering writes with. Equal nodes are written once, whoever asks. */
export interface Emit {
  (opType: string, inputs: readonly string[], attrs?: Attributes, options?: EmitOptions): string;
  /** Like the call, returning the names of all results. */
  many(opType: string, inputs: readonly string[], attrs: Attributes, outputs: number): string[];
  constant(value: NdArray): string;
  /** A large constant made and written once for each key. */
  constantOnce(key: string, make: () => NdArray): string;
  scalar(value: number, dtype?: ElemType): string;
  /** int64 vector: shapes, axes, starts. */
  ints(values: readonly number[]): string;
  readonly target: Target;
}

const arrays = {
  f32: (d: Iterable<number>) => new Uint8Array(Float32Array.from(d).buffer),
  f16: (d: Iterable<number>) => new Uint8Array(Uint16Array.from(d, halfBits).buffer),
  i32: (d: Iterable<number>) => new Uint8Array(Int32Array.from(d).buffer),
  u32: (d: Iterable<number>) => new Uint8Array(Uint32Array.from(d).buffer),
  i64: (d: Iterable<number>) => new Uint8Array(BigInt64Array.from(d, BigInt).buffer),
  u8: (d: Iterable<number>) => Uint8Array.from(d),
  bool: (d: Iterable<number>) => Uint8Array.from(d),
} satisfies Record<ElemType, (d: Iterable<number>) => Uint8Array>;

/** A graph under construction. `outer` is the graph around a sub-graph: its values are visible. */
export class GraphBuilder {
  readonly emit: Emit;
  readonly domains = new Set<string>([""]);
  private readonly nodes: NodeProto[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly written = new Map<string, string[]>();
  /** Values that a node makes. */
  private readonly made = new Set<string>();
  private readonly published = new Map<string, string>();
  /** Shapes of operators' results. */
  private readonly shapes = new Map<string, Shape>();
  private readonly prefix: string;
  /** The operator that is being lowered: nodes are named after the first that asks for them. */
  operator = "";

  constructor(target: Target, prefix = "") {
    this.prefix = prefix;
    const emit = (type: string, inputs: readonly string[], attrs?: Attributes, o?: EmitOptions) =>
      this.node(type, inputs, attrs ?? {}, o?.outputs ?? 1, o?.domain ?? "")[0]!;
    this.emit = Object.assign(emit, {
      many: (type: string, inputs: readonly string[], attrs: Attributes, outputs: number) =>
        this.node(type, inputs, attrs, outputs, ""),
      constant: (v: NdArray) => this.initializer(v.dtype, v.shape, v.data),
      constantOnce: (key: string, make: () => NdArray) => this.once(key, make),
      scalar: (v: number, dtype: ElemType = "f32") => this.initializer(dtype, [], [v]),
      ints: (values: readonly number[]) => this.initializer("i64", [values.length], values),
      target,
    });
  }

  /** Writes a node with given output names, never shared. */
  named(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attrs: Attributes = {},
  ) {
    this.nodes.push({ opType: type, domain: "", inputs, outputs, attributes: attrs });
  }

  /** Notes the shape of a value. */
  shaped(value: string, shape: Shape) {
    this.shapes.set(value, shape);
  }

  /**
   * Gives a value its public name. The node that makes it is renamed; what no node makes, or what has
   * a public name already, is copied.
   */
  publish(value: string, name: string) {
    if (this.made.has(value) && !this.published.has(value)) this.published.set(value, name);
    else this.named("Identity", [value], [name]);
  }

  graph(name: string, inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): GraphProto {
    const rename = (values: readonly string[]) => values.map((v) => this.published.get(v) ?? v);
    const nodes = this.fused().map((n) => ({
      ...n,
      inputs: rename(n.inputs),
      outputs: rename(n.outputs),
    }));
    return { name, nodes, initializers: this.initializers, inputs, outputs };
  }

  private fused(): readonly NodeProto[] {
    const { target, ints } = this.emit;
    if (this.nodes.some(holdsGraph)) return this.nodes;
    const uses = usesOf(this.nodes, this.published.keys());
    const around = { shapes: this.shapes, uses, ints };
    const fused = fuseProducts(this.nodes, around);
    if (target.provider !== "cpu" || target.nchwcBlock === 0) return fused;
    const nodes = fuseConvolutions(fused, around);
    for (const { domain } of nodes) this.domains.add(domain);
    return nodes;
  }

  private node(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes,
    count: number,
    domain: string,
  ): string[] {
    const key = JSON.stringify([domain, opType, inputs, attributes]);
    const known = this.written.get(key);
    if (known) {
      // A later caller may want more results of an equal node: it is widened in place.
      while (known.length < count) known.push(`${known[0]}.${known.length}`);
      for (const output of known) this.made.add(output);
      return known;
    }
    const stem = `${this.prefix}${opType}_${this.nodes.length}`;
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? stem : `${stem}.${i}`));
    const name = `${this.operator}/${stem}`;
    this.nodes.push({ name, opType, domain, inputs, outputs, attributes });
    for (const output of outputs) this.made.add(output);
    this.domains.add(domain);
    this.written.set(key, outputs);
    return outputs;
  }

  private once(key: string, make: () => NdArray): string {
    const known = this.written.get(key);
    if (known) return known[0]!;
    const { dtype, shape, data } = make();
    const name = this.initializer(dtype, shape, data);
    this.written.set(key, [name]);
    return name;
  }

  private initializer(type: ElemType | DType, dims: Shape, values: ArrayLike<number>): string {
    const data = arrays[type](Array.from(values));
    // Long literals are not compared: their text would cost more than the copy.
    const key = data.length <= 4096 ? `${type}[${dims.join()}]${data.join()}` : undefined;
    const known = key === undefined ? undefined : this.written.get(key);
    if (known) return known[0]!;
    const name = `${this.prefix}const_${this.initializers.length}`;
    this.initializers.push({ name, dims, type, data });
    if (key !== undefined) this.written.set(key, [name]);
    return name;
  }
}

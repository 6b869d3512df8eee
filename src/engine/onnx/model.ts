import { inputName } from "../ir/leaves.ts";
import { ancestors, type Tensor } from "../ir/tensor.ts";
import type { Program } from "../program.ts";
import { GraphBuilder, type Target } from "./emit.ts";
import { lowerNode } from "./lower.ts";
import { encodeModel, type ModelProto, type TensorProto, type ValueInfo } from "./proto.ts";

/** ONNX 1.16's operator set: the newest that every provider of ONNX Runtime 1.30 implements. */
const opset = 21;

/** Several runs of a program in one call: a loop inside the graph. */
export interface Repeat {
  readonly steps: number;
  /** Input name → output name that feeds it at the next step. */
  readonly carried: Readonly<Record<string, string>>;
  /** Inputs that hold one slice a step along a new first axis. */
  readonly perStep: readonly string[];
}

export interface ModelOptions {
  readonly target: Target;
  readonly repeat?: Repeat;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Computed once after the last step: its inputs are outputs of the program. */
  readonly after?: Program;
  /** Inputs given as weights inside the file, so that they need not be fed. */
  readonly weights?: readonly TensorProto[];
}

/** The bytes of an ONNX model that computes `program`. */
export const toOnnx = (program: Program, options: ModelOptions): Uint8Array =>
  encodeModel(toModel(program, options));

/** The model before it is written. */
export function toModel(program: Program, options: ModelOptions): ModelProto {
  const { target, repeat, after, metadata = {}, weights = [] } = options;
  const builder = new GraphBuilder(target);
  const { inputs, outputs } = repeat
    ? writeScan(builder, program, repeat)
    : writeProgram(builder, program);
  const last = after ? writeProgram(builder, after).outputs : [];
  const inside = new Set(weights.map((w) => w.name));
  const fed = inputs.filter((v) => !inside.has(v.name));
  const graph = builder.graph("ganymede", fed, [...outputs, ...last]);
  const opsets = Object.fromEntries([...builder.domains].map((d) => [d, d === "" ? opset : 1]));
  const initializers = [...graph.initializers, ...weights];
  return { graph: { ...graph, initializers }, opsets, metadata };
}

interface Signature {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

const valueInfo = (name: string, t: Tensor, lead: readonly number[] = []): ValueInfo => ({
  name,
  type: t.dtype,
  dims: [...lead, ...t.shape],
});

/** Lowers every node. `rename` gives the names of inputs and outputs in this graph. */
function writeProgram(
  builder: GraphBuilder,
  program: Program,
  rename = (name: string) => name,
): Signature {
  const names = new Map<Tensor, string>();
  for (const t of ancestors(Object.values(program.outputs))) {
    const inputs = t.inputs.map((i) => names.get(i)!);
    const known = inputName(t);
    builder.operator = t.record.name;
    const name = known === undefined ? lowerNode(builder.emit, t, inputs) : rename(known);
    names.set(t, name);
    builder.shaped(name, t.shape);
  }
  for (const [name, t] of Object.entries(program.outputs)) {
    builder.publish(names.get(t)!, rename(name));
  }
  return {
    inputs: program.inputs.map((t) => valueInfo(rename(inputName(t)!), t)),
    outputs: Object.entries(program.outputs).map(([name, t]) => valueInfo(rename(name), t)),
  };
}

/**
 * `Scan` over `steps` slices: carried values stay inside the runtime from step to step, other inputs
 * are read from the outer graph, outputs that are not carried come back stacked.
 */
function writeScan(builder: GraphBuilder, program: Program, repeat: Repeat): Signature {
  const inner = "/step";
  const roles = scanRoles(program, repeat);
  const body = new GraphBuilder(builder.emit.target, "b.");
  // Inputs that are the same at every step keep their name: the body sees the outer graph's values.
  const rename = (name: string) => (roles.fixed.includes(name) ? name : name + inner);
  const signature = writeProgram(body, program, rename);
  const ofBody = (list: readonly ValueInfo[], name: string) =>
    list.find((v) => v.name === name + inner);
  const carriedIn = roles.carried.map(
    ([from, to]) =>
      // A value that is written but never read still has to enter the loop.
      ofBody(signature.inputs, from) ?? { ...ofBody(signature.outputs, to)!, name: from + inner },
  );
  const slicedIn = roles.sliced.map((name) => ofBody(signature.inputs, name)!);
  const results = [...roles.carried.map(([, to]) => to), ...roles.stacked];
  const resultsOut = results.map((name) => ofBody(signature.outputs, name)!);
  const graph = body.graph("step", [...carriedIn, ...slicedIn], resultsOut);
  for (const domain of body.domains) builder.domains.add(domain);
  const fed = [...roles.carried.map(([from]) => from), ...roles.sliced];
  builder.named("Scan", fed, results, { body: { graph }, num_scan_inputs: roles.sliced.length });
  const outside = (v: ValueInfo, lead: readonly number[]): ValueInfo => ({
    ...v,
    name: v.name.slice(0, -inner.length),
    dims: [...lead, ...v.dims],
  });
  return {
    inputs: [
      ...carriedIn.map((v) => outside(v, [])),
      ...slicedIn.map((v) => outside(v, [repeat.steps])),
      ...signature.inputs.filter((v) => roles.fixed.includes(v.name)),
    ],
    outputs: resultsOut.map((v, i) => outside(v, i < carriedIn.length ? [] : [repeat.steps])),
  };
}

/** What each input and output of the program is to the loop. */
function scanRoles(program: Program, repeat: Repeat) {
  const inputs = program.inputs.map((t) => inputName(t)!);
  const carried = Object.entries(repeat.carried);
  const state = new Set(carried.flat());
  return {
    carried,
    sliced: inputs.filter((name) => repeat.perStep.includes(name)),
    fixed: inputs.filter((name) => !state.has(name) && !repeat.perStep.includes(name)),
    stacked: Object.keys(program.outputs).filter((name) => !state.has(name)),
  };
}

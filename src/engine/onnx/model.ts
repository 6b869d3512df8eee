import { inputName } from "../ir/leaves.ts";
import { ancestors, type Tensor } from "../ir/tensor.ts";
import type { Program } from "../program.ts";
import { GraphBuilder, type Target } from "./emit.ts";
import { encodeModel, type TensorProto, type ValueInfo } from "./proto.ts";

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
  /** Inputs given as weights inside the file, so that they need not be fed. */
  readonly weights?: readonly TensorProto[];
}

/** The bytes of an ONNX model that computes `program`. */
export function toOnnx(program: Program, options: ModelOptions): Uint8Array {
  const { target, repeat, metadata = {}, weights = [] } = options;
  const builder = new GraphBuilder(target);
  const { inputs, outputs } = repeat
    ? writeScan(builder, program, repeat)
    : writeProgram(builder, program);
  const inside = new Set(weights.map((w) => w.name));
  const fed = inputs.filter((v) => !inside.has(v.name));
  const graph = builder.graph("ganymede", fed, outputs);
  const opsets = Object.fromEntries([...builder.domains].map((d) => [d, d === "" ? opset : 1]));
  const initializers = [...graph.initializers, ...weights];
  return encodeModel({ graph: { ...graph, initializers }, opsets, metadata });
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

/** Lowers every node; outputs get their public names by Identity, which the runtime removes. */
function writeProgram(builder: GraphBuilder, program: Program, suffix = ""): Signature {
  const names = new Map<Tensor, string>();
  for (const t of ancestors(Object.values(program.outputs))) {
    const inputs = t.inputs.map((i) => names.get(i)!);
    const known = inputName(t);
    const name =
      known === undefined
        ? t.record.lower(builder.emit, inputs as never, t.attrs, t)
        : known + suffix;
    names.set(t, name);
  }
  for (const [name, t] of Object.entries(program.outputs)) {
    builder.named("Identity", [names.get(t)!], [name + suffix]);
  }
  return {
    inputs: program.inputs.map((t) => valueInfo(inputName(t)! + suffix, t)),
    outputs: Object.entries(program.outputs).map(([name, t]) => valueInfo(name + suffix, t)),
  };
}

/**
 * `Scan` over `steps` slices: carried values stay inside the runtime from step to step, other inputs
 * are read from the outer graph, outputs that are not carried come back stacked.
 */
function writeScan(builder: GraphBuilder, program: Program, repeat: Repeat): Signature {
  const { steps, carried, perStep } = repeat;
  const inner = "/step";
  const body = new GraphBuilder(builder.emit.target, "b.");
  const signature = writeProgram(body, program, inner);
  for (const domain of body.domains) builder.domains.add(domain);
  const byName = (name: string) => program.inputs.find((t) => inputName(t) === name)!;
  const state = Object.keys(carried).filter((name) => byName(name));
  const sliced = perStep.filter((name) => byName(name));
  const constant = program.inputs
    .map((t) => inputName(t)!)
    .filter((name) => !state.includes(name) && !sliced.includes(name));
  // Unsliced inputs keep their outer name: an alias in the body makes them visible there.
  for (const name of constant) body.nodesFirst("Identity", [name], [name + inner]);
  const stateOut = state.map((name) => carried[name]!);
  const stacked = Object.keys(program.outputs).filter((name) => !stateOut.includes(name));
  const pick = (list: readonly ValueInfo[], names: readonly string[]) =>
    names.map((n) => list.find((v) => v.name === n + inner)!);
  const graph = body.graph(
    "step",
    pick(signature.inputs, [...state, ...sliced]),
    pick(signature.outputs, [...stateOut, ...stacked]),
  );
  builder.named("Scan", [...state, ...sliced], [...stateOut, ...stacked], {
    body: { graph },
    num_scan_inputs: sliced.length,
  });
  const lead = (name: string) => (sliced.includes(name) ? [steps] : []);
  return {
    inputs: program.inputs.map((t) => valueInfo(inputName(t)!, t, lead(inputName(t)!))),
    outputs: Object.entries(program.outputs).map(([name, t]) =>
      valueInfo(name, t, stateOut.includes(name) ? [] : [steps]),
    ),
  };
}

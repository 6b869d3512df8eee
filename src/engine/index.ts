export { grad } from "./autodiff/grad.ts";
export { jvp } from "./autodiff/jvp.ts";
export { stopGradient } from "./autodiff/stop-gradient.ts";
export { constant, input } from "./ir/leaves.ts";
export {
  type AnyRecord,
  type Arity,
  defineOp,
  type NotDifferentiable,
  type Op,
  type OpCase,
  type Operand,
  type OpRecord,
  type PerInput,
  type Vjp,
} from "./ir/op.ts";
export { print } from "./ir/print.ts";
export type { Tensor } from "./ir/tensor.ts";
export type { DType, Shape, Type } from "./ir/type.ts";
export type { Attributes, Emit, EmitOptions, Target } from "./onnx/emit.ts";
export { type ModelOptions, type Repeat, toOnnx } from "./onnx/model.ts";
export {
  type AttributeValue,
  type ElemType,
  elemType,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from "./onnx/proto.ts";
export type { ConvAttrs } from "./ops/_conv-shape.ts";
export type { None } from "./ops/_elementwise.ts";
export * from "./ops/index.ts";
export type { Precision } from "./passes/autocast.ts";
export { type Program, type ProgramOptions, program } from "./program.ts";
export { evaluate } from "./reference/evaluate.ts";
export type { NdArray } from "./reference/ndarray.ts";
export { requireRight } from "./run/canary.ts";
export {
  type DeviceChoice,
  type DeviceName,
  deviceChoices,
  deviceNames,
} from "./run/device-names.ts";
export {
  type ChosenDevice,
  chooseDevice,
  type DeviceRequest,
  openProvider,
} from "./run/devices.ts";
export { type LastingProvider, lasting } from "./run/lasting.ts";
export { type NodeCpuOptions, nodeCpu } from "./run/node-cpu.ts";
export type {
  Feeds,
  Provider,
  Session,
  SessionRequest,
  TypedArray,
  Value,
} from "./run/provider.ts";

import type { Emit } from "../onnx/emit.ts";
import type { Geometry } from "./_conv-shape.ts";

export function cpuConv(_e: Emit, _x: string, _w: string, _g: Geometry): string | undefined {
  return undefined;
}
export function cpuConvTranspose(
  _e: Emit,
  _x: string,
  _w: string,
  _g: Geometry,
): string | undefined {
  return undefined;
}
export function cpuConvWeight(_e: Emit, _x: string, _w: string, _g: Geometry): string | undefined {
  return undefined;
}

import { join } from "node:path";
import { writeAtomic } from "../core/files.ts";
import { type CheckedModel, checkedModel } from "./generator-model.ts";
import type { OpenRun } from "./sample.ts";

export interface Exported extends Omit<CheckedModel, "bytes"> {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Writes the generator with its averaged weights as one ONNX file, loads it by itself and compares
 * what it makes with what the run makes. Throws `EXPORT_PARITY`, and then leaves no file.
 */
export async function exportGenerator(
  run: OpenRun,
  file: string = join(run.path, "generator.onnx"),
): Promise<Exported> {
  const { bytes, ...checked } = await checkedModel(run);
  writeAtomic(file, bytes);
  return { ...checked, file, bytes: bytes.length };
}

import type { AnyRecord } from "../ir/op.ts";
import { modules } from "./_modules.ts";

/** Every operator record, found by walking the modules: nothing is registered by hand. */
export const records: readonly AnyRecord[] = modules
  .flatMap((m) => Object.values(m as Record<string, unknown>))
  .flatMap((f) => (typeof f === "function" && "record" in f ? [f.record as AnyRecord] : []));

import { GanymedeError } from "../core/errors.ts";
import { decodeSafetensors, encodeSafetensors } from "../core/safetensors.ts";
import type { Snapshot } from "../train/trainer.ts";

/** What a saved state says of itself. */
export interface StateAbout {
  readonly system: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

const where = "the saved state";

/** The state as the bytes of a safetensors file, which any tool that knows the format can read. */
export function encodeState(snapshot: Snapshot, about: StateAbout): Uint8Array<ArrayBuffer> {
  const tensors = new Map(
    [...snapshot.values].map(([name, v]) => [name, { dtype: "F32" as const, ...v }]),
  );
  const { step, images } = snapshot;
  const record = JSON.stringify({ step, images, ...about });
  const chunks = encodeSafetensors(tensors, { format: "ganymede", ganymede: record });
  const bytes = new Uint8Array(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Throws `CHECKPOINT_CORRUPT`. */
export function decodeState(bytes: Uint8Array): { about: StateAbout; snapshot: Snapshot } {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  const { step, images, ...about } = recordOf(metadata.ganymede);
  const values = new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data as Float32Array }]),
  );
  return { about, snapshot: { step, images, values } };
}

function recordOf(text = "null"): StateAbout & { step: number; images: number } {
  const record = JSON.parse(text) as (StateAbout & { step: number; images: number }) | null;
  if (record && Number.isInteger(record.step) && Number.isInteger(record.images)) return record;
  throw new GanymedeError("CHECKPOINT_CORRUPT", {
    where,
    expected: "the bytes that a snapshot gave",
    got: "tensors without their record",
    fix: "restore it from a copy or begin anew",
  });
}

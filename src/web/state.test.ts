import { expect, test } from "vitest";
import { encodeSafetensors } from "../core/safetensors.ts";
import { decodeState, encodeState } from "./state.ts";

const about = { system: "gan-vanilla", options: { width: 8, loss: "minimax" }, seed: 4 };
const values = new Map([
  ["g.a.weight", { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 0) }],
  ["d.step", { shape: [], data: Float32Array.of(7) }],
]);

test("a state comes back as it was", () => {
  const snapshot = { step: 12, images: 384, values };
  const bytes = encodeState(snapshot, about);
  const back = decodeState(bytes);
  expect(back.about).toEqual(about);
  expect(back.snapshot.step).toBe(12);
  expect(back.snapshot.images).toBe(384);
  expect(Object.fromEntries(back.snapshot.values)).toEqual(Object.fromEntries(values));
  expect(encodeState(back.snapshot, back.about)).toEqual(bytes);
});

test("other tensors and damaged bytes are refused", () => {
  const foreign = encodeSafetensors(
    new Map([["w", { dtype: "F32", shape: [1], data: Float32Array.of(1) }]]),
  );
  const bytes = Uint8Array.from(foreign.flatMap((chunk) => [...chunk]));
  expect(() => decodeState(bytes)).toThrow(/CHECKPOINT_CORRUPT.*tensors without their record/);
  const whole = encodeState({ step: 1, images: 1, values }, about);
  expect(() => decodeState(whole.subarray(0, whole.length - 1))).toThrow(/CHECKPOINT_CORRUPT/);
});

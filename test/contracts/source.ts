import { expect } from "vitest";
import type { ItemArray, Source } from "../../src/data/source.ts";

const arrays = { u8: Uint8Array, f32: Float32Array, i32: Int32Array };

const bytesOf = ({ buffer, byteOffset, byteLength }: ItemArray) =>
  Buffer.from(buffer, byteOffset, byteLength);

/** What every opened source must keep: batches as the fields say, and one stream whatever cuts it. */
export function requireSource({ fields, batch, about, size }: Source): void {
  expect(size).toBeGreaterThan(0);
  expect(Object.values(about).every((text) => text.length > 0)).toBe(true);
  const values = batch(3, 5, 1);
  expect(Object.keys(values).sort()).toEqual(Object.keys(fields).sort());
  for (const [key, { shape, dtype, classes }] of Object.entries(fields)) {
    expect(values[key]).toBeInstanceOf(arrays[dtype]);
    expect(values[key]!.length).toBe(shape.reduce((a, b) => a * b, 5));
    if (classes) expect(Math.max(...values[key]!)).toBeLessThan(classes.length);
  }
  expect(Object.values(batch(0, 0, 1)).every((array) => array.length === 0)).toBe(true);
  const end = Math.max(300, Number.isFinite(size) ? size : 1000);
  const whole = batch(end - 300, 600, 9);
  const parts = [batch(end - 300, 7, 9), batch(end - 293, 593, 9)];
  for (const key of Object.keys(whole)) {
    const joined = Buffer.concat(parts.map((part) => bytesOf(part[key]!)));
    expect(joined.equals(bytesOf(whole[key]!)), key).toBe(true);
  }
}

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GanymedeError } from "./errors.ts";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "./safetensors.ts";

const join = (chunks: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(chunks));

/** A file from a header written by hand. */
function file(header: unknown, data: readonly number[] = []): Uint8Array {
  const json = typeof header === "string" ? header : JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return join([length, text, Uint8Array.from(data)]);
}

const tensor: fc.Arbitrary<StoredTensor> = fc
  .record({
    dtype: fc.constantFrom("F64", "F32", "I32", "U8", "BOOL"),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    seed: fc.integer(),
  })
  .map(({ dtype, shape, seed }) => {
    const n = shape.reduce((a, b) => a * b, 1);
    const bits = Uint32Array.from({ length: n }, (_, i) => Math.imul(seed + i, 0x9e3779b9));
    switch (dtype) {
      case "F64":
        return { dtype, shape, data: Float64Array.from(bits, (b) => Math.sqrt(b)) };
      case "F32": // every bit pattern, NaN payloads and infinities too
        return { dtype, shape, data: new Float32Array(bits.buffer) };
      case "I32":
        return { dtype, shape, data: new Int32Array(bits.buffer) };
      default:
        return { dtype, shape, data: Uint8Array.from(bits, (b) => (dtype === "U8" ? b : b & 1)) };
    }
  });
const name = fc.string({ unit: "binary" }).filter((text) => text !== "__metadata__");
const tensors = fc
  .array(fc.tuple(fc.oneof(name, fc.constant("__proto__")), tensor), { maxLength: 6 })
  .map((entries) => new Map(entries));
const metadata = fc.dictionary(fc.string(), fc.string());

const rawBytes = ({ data }: StoredTensor) =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
const plain = (map: ReadonlyMap<string, StoredTensor>) =>
  [...map].map(([key, t]) => [key, t.dtype, t.shape, rawBytes(t)]).sort();

describe("properties", () => {
  test("what is written is read, bit for bit, wherever the bytes lie in memory", () => {
    fc.assert(
      fc.property(tensors, metadata, fc.nat(7), (map, meta, shift) => {
        const bytes = join(encodeSafetensors(map, meta));
        const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
        shifted.set(bytes);
        const read = decodeSafetensors(shifted, "test");
        expect(plain(read.tensors)).toEqual(plain(map));
        expect({ ...read.metadata }).toEqual({ ...meta });
      }),
    );
  });

  test("every truncation is noticed", () => {
    fc.assert(
      fc.property(tensors, fc.double({ min: 0, max: 1, noNaN: true }), (map, share) => {
        const bytes = join(encodeSafetensors(map));
        const cut = bytes.subarray(0, Math.min(bytes.length - 1, Math.floor(share * bytes.length)));
        expect(() => decodeSafetensors(cut, "cut")).toThrow(/\[cut\] CHECKPOINT_CORRUPT/);
      }),
    );
  });

  test("a damaged byte gives a coded error or a sound file, never another failure", () => {
    fc.assert(
      fc.property(tensors, fc.nat(), fc.integer({ min: 1, max: 255 }), (map, at, change) => {
        const bytes = join(encodeSafetensors(map));
        bytes[at % bytes.length]! ^= change;
        try {
          decodeSafetensors(bytes, "damaged");
        } catch (error) {
          expect(error).toBeInstanceOf(GanymedeError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("the bytes", () => {
  test("follow the format: length, padded header, data by width and name", () => {
    const map = new Map<string, StoredTensor>([
      ["0", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }],
      ["b", { dtype: "F32", shape: [], data: Float32Array.of(1) }],
      ["a", { dtype: "I32", shape: [1, 1], data: Int32Array.of(-2) }],
    ]);
    const [length, header, ...data] = encodeSafetensors(map, { step: "7" });
    expect(length![0]).toBe(header!.length);
    expect(header!.length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(header))).toEqual({
      __metadata__: { step: "7" },
      a: { dtype: "I32", shape: [1, 1], data_offsets: [0, 4] },
      b: { dtype: "F32", shape: [], data_offsets: [4, 8] },
      0: { dtype: "U8", shape: [3], data_offsets: [8, 11] },
    });
    expect(Buffer.concat(data).toString("hex")).toBe("feffffff0000803f010203");
  });

  test("do not copy the data", () => {
    const data = Float32Array.of(9, 1, 9).subarray(1, 2);
    const chunks = encodeSafetensors(new Map([["a", { dtype: "F32", shape: [1], data }]]));
    expect(chunks[2]!.buffer).toBe(data.buffer);
    expect(Buffer.from(chunks[2]!).toString("hex")).toBe("0000803f");
  });

  test("reading copies, so that the file's memory can be reused", () => {
    const bytes = file({ a: { dtype: "U8", shape: [1], data_offsets: [0, 1] } }, [5]);
    const read = decodeSafetensors(bytes, "x");
    bytes.fill(0);
    expect(read.tensors.get("a")!.data[0]).toBe(5);
  });
});

describe("refused on writing", () => {
  test("a shape that the data do not have", () => {
    const wrong: StoredTensor = { dtype: "F32", shape: [2, 2], data: new Float32Array(3) };
    expect(() => encodeSafetensors(new Map([["w", wrong]]))).toThrow(
      /w\] SHAPE expected 4 .* got 3/,
    );
  });

  test("the reserved name", () => {
    const scalar: StoredTensor = { dtype: "U8", shape: [], data: new Uint8Array(1) };
    expect(() => encodeSafetensors(new Map([["__metadata__", scalar]]))).toThrow(/NAME/);
  });
});

const u8 = (begin: number, end: number, shape = [end - begin]) => ({
  dtype: "U8",
  shape,
  data_offsets: [begin, end],
});
const tooLong = new Uint8Array(16).fill(255);

test.each<[string, Uint8Array, RegExp]>([
  ["an empty file", new Uint8Array(0), /at least 8 bytes, got 0/],
  ["a header length beyond the file", tooLong, /header within the 16 bytes/],
  ["a header that is no JSON", file("{nonsense"), /a JSON header/],
  ["a header that is no UTF-8", join([Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff)]), /JSON header/],
  ["a header that is a list", file("[]"), /JSON object/],
  ["an unknown dtype", file({ a: { ...u8(0, 1), dtype: "F8" } }, [0]), /got dtype F8/],
  [
    "an inherited dtype",
    file({ a: { ...u8(0, 1), dtype: "toString" } }, [0]),
    /got dtype toString/,
  ],
  ["an entry that is no object", file({ a: 3 }), /a as F64, F32/],
  ["a fractional shape", file({ a: u8(0, 1, [0.5, 2]) }, [0]), /shape of whole numbers/],
  ["a missing shape", file({ a: { dtype: "U8", data_offsets: [0, 1] } }, [0]), /got none/],
  ["one offset", file({ a: { dtype: "U8", shape: [1], data_offsets: [0] } }, [0]), /two offsets/],
  ["a shape of another size", file({ a: u8(0, 3, [2]) }, [0, 0, 0]), /2 bytes for a \[2\], got 3/],
  ["a reversed range", file({ a: u8(2, 1, [0]) }, [0, 0]), /0 bytes for a \[0\], got -1/],
  ["an overlap", file({ a: u8(0, 2), b: u8(1, 3) }, [0, 0, 0]), /b to begin at byte 2, got 1/],
  ["a gap", file({ a: u8(0, 1), b: u8(2, 3) }, [0, 0, 0]), /b to begin at byte 1, got 2/],
  ["a range past the end", file({ a: u8(0, 9) }, [0]), /9 bytes of data, got 1/],
  ["bytes left over", file({ a: u8(0, 1) }, [0, 0]), /1 bytes of data, got 2/],
  ["a bool of 2", file({ a: { ...u8(0, 1), dtype: "BOOL" } }, [2]), /0 or 1 in a/],
  ["metadata of numbers", file({ __metadata__: { step: 3 } }), /metadata of strings/],
])("refused on reading: %s", (_, bytes, message) => {
  expect(() => decodeSafetensors(bytes, "f.safetensors")).toThrow(GanymedeError);
  expect(() => decodeSafetensors(bytes, "f.safetensors")).toThrow(message);
  expect(() => decodeSafetensors(bytes, "f.safetensors")).toThrow(/f.safetensors.*CHECKPOINT_CORR/);
});

/**
 * The inner loop of a matrix product in float64, as WebAssembly with 128-bit vectors: two to four
 * times as fast as the same loop in JavaScript, which has no vectors, and the same to the last bit on
 * every machine, since it uses no fused multiply-add. Written as bytes here: the project needs no
 * compiler for it. Source: WebAssembly core specification 2.0, binary format.
 */

/** Rows and columns of a tile. */
export const tileSide = 4;

/**
 * Writes the tile out[i][j] = Σ_k p[k][i]·q[k][j], all three addresses in bytes and
 * p, q as packed panels [depth, 4] of float64; depth ≥ 1.
 */
export type Tile = (p: number, q: number, depth: number, out: number) => void;

const [i32, v128, memory] = [0x7f, 0x7b, 0x02];
const [p, q, depth, out, b0, b1, a, sums] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const simd = (...op: number[]) => [0xfd, ...op];
/** Aligned to 8 bytes, that is 2^3. */
const at = (offset: number) => [3, ...unsigned(offset)];
const load = (address: number, offset: number) => [...get(address), ...simd(0x00, ...at(offset))];
const splat = (address: number, offset: number) => [...get(address), ...simd(0x0a, ...at(offset))];
const add = simd(0xf0, 0x01);
const multiply = simd(0xf2, 0x01);
const advance = (local: number, by: number) => [...get(local), 0x41, by, 0x6a, ...set(local)];

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

const vector = (bytes: readonly number[]) => [...unsigned(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]) => [id, ...vector(bytes)];
const name = (text: string) => vector([...new TextEncoder().encode(text)]);

/** One row of the tile: its four sums take a[row] times four values of the other panel. */
const rowStep = (row: number) => [
  ...splat(p, 8 * row),
  ...set(a),
  ...[b0, b1].flatMap((b, half) => {
    const sum = sums + 2 * row + half;
    return [...get(sum), ...get(a), ...get(b), ...multiply, ...add, ...set(sum)];
  }),
];

const rows = [0, 1, 2, 3];
const body = [
  ...[1, 11, v128],
  ...[0x03, 0x40],
  ...[...load(q, 0), ...set(b0), ...load(q, 16), ...set(b1)],
  ...rows.flatMap(rowStep),
  ...[...advance(p, 32), ...advance(q, 32)],
  ...[...get(depth), 0x41, 1, 0x6b, 0x22, depth, 0x0d, 0, 0x0b],
  ...rows.flatMap((row) =>
    [0, 1].flatMap((half) => [
      ...[...get(out), ...get(sums + 2 * row + half)],
      ...simd(0x0b, ...at(32 * row + 16 * half)),
    ]),
  ),
  0x0b,
];

const bytes = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 4, i32, i32, i32, i32, 0]),
  ...section(2, [1, ...name("host"), ...name("memory"), memory, 0, 1]),
  ...section(3, [1, 0]),
  ...section(7, [1, ...name("tile"), 0, 0]),
  ...section(10, [1, ...vector(body)]),
]);

/** The kernel on `pages`, which holds the panels and the tile. */
export function tileOn(pages: WebAssembly.Memory): Tile {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    host: { memory: pages },
  });
  return instance.exports.tile as Tile;
}

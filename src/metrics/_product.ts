import { tileOn, tileSide } from "./_tile.ts";

/**
 * A view of numbers as a matrix [depth, count]: element (k, i) is
 * `data[offset + k·depthStride + i·itemStride]`. Strides (width, 1) take the columns of row-major rows
 * as items, (1, width) the rows.
 */
export interface Operand {
  readonly data: Float32Array | Float64Array;
  readonly depth: number;
  readonly count: number;
  readonly depthStride: number;
  readonly itemStride: number;
  /** 0 when absent. */
  readonly offset?: number;
}

/** Panels of this depth and width stay in the second-level cache while they are used. */
const depthBlock = 256;
const itemBlock = 1024;

/** In bytes: the tile that the kernel writes, then the packed blocks of both operands. */
const tileBytes = 8 * tileSide * tileSide;
const blockBytes = 8 * depthBlock * itemBlock;
const [leftAt, rightAt] = [tileBytes, tileBytes + blockBytes];

/** Made at the first product: 4 MiB. Products are synchronous, so that one workspace serves all. */
let workspace: ReturnType<typeof makeWorkspace> | undefined;

function makeWorkspace() {
  const pages = new WebAssembly.Memory({ initial: Math.ceil((rightAt + blockBytes) / 65536) });
  return { tile: tileOn(pages), memory: new Float64Array(pages.buffer) };
}

/**
 * c += aᵀb in float64, c being row-major [a.count, b.count] within rows of `stride` numbers.
 *
 * @param upper only the elements on and above the diagonal of c are right; others may change or not
 */
export function addProduct(
  c: Float64Array,
  a: Operand,
  b: Operand,
  { stride = b.count, upper = false } = {},
): void {
  workspace ??= makeWorkspace();
  const { memory } = workspace;
  for (let k = 0; k < a.depth; k += depthBlock) {
    const depth = Math.min(depthBlock, a.depth - k);
    for (let j = 0; j < b.count; j += itemBlock) {
      const columns = Math.min(itemBlock, b.count - j);
      pack(memory, rightAt / 8, b, { k, depth, first: j, count: columns });
      for (let i = 0; i < a.count; i += itemBlock) {
        if (upper && i >= j + columns) break;
        const rows = Math.min(itemBlock, a.count - i);
        pack(memory, leftAt / 8, a, { k, depth, first: i, count: rows });
        addBlock(c, { i, j, rows, columns, depth, stride, upper });
      }
    }
  }
}

interface Span {
  readonly k: number;
  readonly depth: number;
  readonly first: number;
  readonly count: number;
}

/** Packs items into panels [depth, 4]. What the last one lacks goes into no result. */
function pack(memory: Float64Array, start: number, operand: Operand, span: Span): void {
  const { data, depthStride, itemStride, offset = 0 } = operand;
  const { k, depth, first, count } = span;
  for (let i = 0; i < count; i += tileSide) {
    const filled = Math.min(tileSide, count - i);
    const panel = start + i * depth;
    for (let lane = 0; lane < filled; lane++) {
      let from = offset + k * depthStride + (first + i + lane) * itemStride;
      const end = panel + lane + tileSide * depth;
      for (let to = panel + lane; to < end; to += tileSide, from += depthStride) {
        memory[to] = data[from]!;
      }
    }
  }
}

interface Block {
  readonly i: number;
  readonly j: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly stride: number;
  readonly upper: boolean;
}

function addBlock(c: Float64Array, { i, j, rows, columns, depth, stride, upper }: Block): void {
  const { tile, memory } = workspace!;
  for (let y = 0; y < rows; y += tileSide) {
    const height = Math.min(tileSide, rows - y);
    // Tiles begin at multiples of four on both sides, so none above the diagonal is cut.
    for (let x = upper ? Math.max(0, i + y - j) : 0; x < columns; x += tileSide) {
      const width = Math.min(tileSide, columns - x);
      tile(leftAt + 8 * y * depth, rightAt + 8 * x * depth, depth, 0);
      for (let row = 0; row < height; row++) {
        const to = (i + y + row) * stride + j + x;
        for (let lane = 0; lane < width; lane++) {
          c[to + lane] = c[to + lane]! + memory[tileSide * row + lane]!;
        }
      }
    }
  }
}

/** A piece of a region: free, or somebody's. Pieces of one region are linked in order. */
interface Chunk {
  readonly region: number;
  readonly at: number;
  size: number;
  free: boolean;
  before: Chunk | undefined;
  after: Chunk | undefined;
}

const aligned = (bytes: number): number => Math.max(256, Math.ceil(bytes / 256) * 256);

/** A remainder of this size is split off whatever the rest is. */
const largestWaste = 128 * 2 ** 20;

/**
 * ONNX Runtime's arena on the CPU (onnxruntime/core/framework/bfc_arena.cc, 1.30), without memory: best
 * fit in regions that double, a piece given whole unless it is twice what was asked for, nothing ever
 * given back. So much of a region counts as was ever given away from its start: the operating system
 * counts pages that were touched.
 */
export class Arena {
  private readonly touched: number[] = [];
  private readonly chunks = new Set<Chunk>();
  private nextRegion = 2 ** 20;

  /** The most bytes that were touched so far. */
  get bytes(): number {
    return this.touched.reduce((a, b) => a + b, 0);
  }

  take(bytes: number): Chunk {
    const size = aligned(bytes);
    const chunk = this.bestFit(size) ?? this.extend(size);
    if (chunk.size >= 2 * size || chunk.size - size >= largestWaste) this.split(chunk, size);
    chunk.free = false;
    this.touched[chunk.region] = Math.max(this.touched[chunk.region]!, chunk.at + size);
    return chunk;
  }

  give(chunk: Chunk): void {
    chunk.free = true;
    if (chunk.after?.free) this.join(chunk, chunk.after);
    if (chunk.before?.free) this.join(chunk.before, chunk);
  }

  private bestFit(size: number): Chunk | undefined {
    let best: Chunk | undefined;
    for (const chunk of this.chunks) {
      if (chunk.free && chunk.size >= size && (!best || chunk.size < best.size)) best = chunk;
    }
    return best;
  }

  private extend(size: number): Chunk {
    const grown = size > this.nextRegion;
    while (size > this.nextRegion) this.nextRegion *= 2;
    const region = this.touched.push(0) - 1;
    const whole = { region, at: 0, size: this.nextRegion, before: undefined, after: undefined };
    if (!grown) this.nextRegion *= 2;
    const chunk: Chunk = { ...whole, free: true };
    this.chunks.add(chunk);
    return chunk;
  }

  private split(chunk: Chunk, size: number): void {
    const { region, at, after } = chunk;
    const rest: Chunk = {
      region,
      at: at + size,
      size: chunk.size - size,
      free: true,
      before: chunk,
      after,
    };
    if (after) after.before = rest;
    chunk.after = rest;
    chunk.size = size;
    this.chunks.add(rest);
  }

  private join(first: Chunk, second: Chunk): void {
    first.size += second.size;
    first.after = second.after;
    if (second.after) second.after.before = first;
    this.chunks.delete(second);
  }
}

/** Something that is needed from one moment to another, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** What begins and what ends, in order; what ends at a moment ends after what begins there. */
export function* moments<T extends Lifetime>(
  all: readonly T[],
): Generator<{ readonly of: T; readonly ends: boolean }> {
  const events = all.flatMap((of) => [
    { at: of.from, of, ends: false },
    { at: of.to, of, ends: true },
  ]);
  yield* events.sort((a, b) => a.at - b.at || Number(a.ends) - Number(b.ends));
}

/**
 * Bytes of one block that holds all of them, each at a fixed place: the tightest gap at the moment when
 * it begins (mem_pattern_planner.h). Quadratic in what is alive at once at worst.
 */
export function packed(all: readonly Lifetime[]): number {
  let placed: { readonly at: number; readonly size: number; readonly of: Lifetime }[] = [];
  let whole = 0;
  for (const { of, ends } of moments(all)) {
    if (ends) {
      placed = placed.filter((p) => p.of !== of);
      continue;
    }
    const size = aligned(of.bytes);
    const at = tightestGap(placed, size, whole);
    whole = Math.max(whole, at + size);
    const index = placed.findIndex((p) => p.at > at);
    placed.splice(index < 0 ? placed.length : index, 0, { at, size, of });
  }
  return whole;
}

/** Where `size` bytes leave the least behind; at the end of what is placed when they fit nowhere. */
function tightestGap(
  placed: readonly { readonly at: number; readonly size: number }[],
  size: number,
  whole: number,
): number {
  let [end, best, waste] = [0, -1, Number.POSITIVE_INFINITY];
  for (const { at, size: taken } of [...placed, { at: whole, size: 0 }]) {
    const left = at - end - size;
    if (left >= 0 && left < waste) [best, waste] = [end, left];
    end = Math.max(end, at + taken);
  }
  return best < 0 ? end : best;
}

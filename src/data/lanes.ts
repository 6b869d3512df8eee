/**
 * The results of `work` in the order of its items, at most `ahead` of them under way or waiting to be
 * taken. A failure is thrown where its result would have come.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  ahead: number,
  work: (item: T, index: number) => Promise<R>,
): AsyncGenerator<R> {
  const queue: Promise<R>[] = [];
  let index = 0;
  for (const item of items) {
    const result = work(item, index++);
    // It may fail while an earlier one is awaited.
    result.catch(() => {});
    queue.push(result);
    if (queue.length >= ahead) yield await queue.shift()!;
  }
  for (const result of queue) yield await result;
}

/** A supply of memory, in bytes, that work waits for; what needs more than all of it runs alone. */
export class Room {
  private free: number;
  private readonly all: number;
  private readonly waiting: { bytes: number; go: () => void }[] = [];

  constructor(all: number) {
    this.all = all;
    this.free = all;
  }

  /** Runs `work` once `bytes` are free; first come, first served. */
  async with<R>(bytes: number, work: () => Promise<R>): Promise<R> {
    const taken = Math.min(bytes, this.all);
    await new Promise<void>((go) => {
      this.waiting.push({ bytes: taken, go });
      this.admit();
    });
    try {
      return await work();
    } finally {
      this.free += taken;
      this.admit();
    }
  }

  private admit(): void {
    while (this.waiting[0] && this.waiting[0].bytes <= this.free) {
      const { bytes, go } = this.waiting.shift()!;
      this.free -= bytes;
      go();
    }
  }
}

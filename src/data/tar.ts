import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

const block = 512;

/** A file of an archive: its name, and its bytes in pieces, which must be read before the next. */
export interface TarFile {
  readonly name: string;
  readonly size: number;
  pieces(): AsyncGenerator<Uint8Array>;
}

/**
 * The files of a .tar.gz, one after another as they lie in it; POSIX ustar. Nothing is written anywhere.
 *
 * @throws Error for what is no such archive, or is cut
 */
export async function* tarFiles(path: string): AsyncGenerator<TarFile> {
  const bytes = new Pieces(pipeline(createReadStream(path), createGunzip(), () => {}));
  for (;;) {
    const head = await bytes.take(block);
    if (head.every((byte) => byte === 0)) return;
    const text = (from: number, to: number) => head.toString("latin1", from, to).split("\0")[0]!;
    const size = Number.parseInt(text(124, 136).trim(), 8);
    if (text(257, 262) !== "ustar" || !(size >= 0)) throw new Error("no tar archive");
    let left = size;
    const pieces = async function* () {
      while (left > 0) {
        const piece = await bytes.some(left);
        left -= piece.length;
        yield piece;
      }
    };
    yield { name: text(0, 100), size, pieces };
    for await (const _ of pieces());
    await bytes.take((block - (size % block)) % block);
  }
}

/** A stream from which exact numbers of bytes are taken. */
class Pieces {
  private readonly stream: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.stream = stream[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    while (this.rest.length < size) {
      const { value, done } = await this.stream.next();
      if (done) throw new Error("the archive ends early");
      this.rest = Buffer.concat([this.rest, value]);
    }
    const taken = this.rest.subarray(0, size);
    this.rest = this.rest.subarray(size);
    return taken;
  }

  /** What is at hand, at least one byte and at most `most`. */
  async some(most: number): Promise<Uint8Array> {
    if (this.rest.length === 0)
      this.rest = await this.take(1).then((b) => Buffer.concat([b, this.rest]));
    return this.take(Math.min(most, this.rest.length));
  }
}

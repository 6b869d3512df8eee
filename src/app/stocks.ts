import { type Batch, type Field, isLabel, type Source } from "../data/source.ts";
import type { Game } from "../gan/game.ts";
import type { Stock } from "../metrics/evidence.ts";
import type { SampleRequest } from "../train/sampler.ts";

/** Channels, height and width. */
export const isImage = ({ shape }: Field): boolean => shape.length === 3;

/** Items that are made or read at once. */
const piece = 512;

/** Black and white as networks see them. */
export const rangeOf = ({ dtype, scale, offset }: Field): readonly [number, number] =>
  dtype === "u8" ? [offset, 255 * scale + offset] : [-1, 1];

/** The first `count` items of the data in the order of seed 0, none twice. */
export function realStock(source: Source, name: string, count: number): Stock {
  const field = source.fields[name]!;
  const { scale, offset, shape } = field;
  const available = Math.min(count, source.size);
  const label = Object.entries(source.fields).find(([, f]) => isLabel(f))?.[0];
  // Large items come in fewer at once: 64 MiB as floats.
  const most = Math.max(1, Math.min(piece, Math.floor(2 ** 24 / shape.reduce((n, d) => n * d, 1))));
  function* batches() {
    for (let from = 0; from < available; from += most) {
      yield source.batch(from, Math.min(most, available - from), 0);
    }
  }
  return {
    name: `data ${source.id}`,
    count: available,
    shape,
    range: rangeOf(field),
    ...(label !== undefined && { labels: labelsOf(batches(), label, available) }),
    async *pieces() {
      for (const batch of batches()) {
        yield Float32Array.from(batch[name]!, (v) => v * scale + offset);
      }
    },
  };
}

function labelsOf(batches: Iterable<Batch>, name: string, count: number): Int32Array {
  const labels = new Int32Array(count);
  let at = 0;
  for (const { [name]: some } of batches) {
    labels.set(some!, at);
    at += some!.length;
  }
  return labels;
}

/** What a generator makes, anew at each pass: item i depends on the seed and on i. */
export function fakeStock(
  { name, game, field }: { name: string; game: Game; field: Field },
  sample: (request: SampleRequest) => Promise<Float32Array>,
  { count, seed }: { count: number; seed: number },
): Stock {
  const classes = game.sampler.drawn ?? game.sampler.classes?.length;
  return {
    name,
    count,
    shape: field.shape,
    range: rangeOf(field),
    // As the sampler asks for them where nobody says which: one class after the other.
    ...(classes && { labels: Int32Array.from({ length: count }, (_, i) => i % classes) }),
    async *pieces() {
      for (let from = 0; from < count; from += piece) {
        yield await sample({ from, count: Math.min(piece, count - from), seed });
      }
    },
  };
}

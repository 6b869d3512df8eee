import { decodePicture, type InvertedStart, invertImage } from "../../app/invert.ts";
import { cancelled } from "../cancelled.ts";
import { type Items, itemsOf } from "../items.ts";
import type { Bench, Job } from "../job.ts";
import { classOf, keepCode } from "../pins.ts";
import { makeItems } from "../sampling.ts";

export interface InvertAsked {
  readonly path: string;
  readonly checkpoint?: number | undefined;
  /** A picture file. */
  readonly bytes: Uint8Array;
  readonly steps: number;
  /** All classes are tried when absent. */
  readonly label?: number | undefined;
  readonly seed: number;
}

/** The nearest picture so far. */
export interface InversionSight {
  readonly items: Items;
  readonly loss: number;
}

export interface InvertAnswer {
  /** The picture as the networks see it, then what was found for it. */
  readonly items: Items;
  /** The pinned code: see `keepCode`. */
  readonly item: string;
  readonly loss: number;
  /** Root mean square difference of pixels, as a share of the range from black to white. */
  readonly error: number;
  readonly label?: number;
}

/** Starts of each class. */
const restarts = 4;

/** Finds the code of a picture, telling of the best picture as it gets nearer, and keeps it. */
export const invert: Job<InvertAsked, InvertAnswer> = async (asked, bench) => {
  const run = await bench.open(asked.path, asked.checkpoint);
  const image = await decodePicture(run, () => asked.bytes, { where: "the picture" });
  const { label, steps, seed } = asked;
  const own =
    label === undefined || !run.game.sampler.classes ? {} : { label: classOf(run, label) };
  const classes = "label" in own ? 1 : (run.game.sampler.classes?.length ?? 1);
  const onLook = watch(bench, (items) => itemsOf(run, items), { steps, classes });
  const found = await invertImage(run, image, { seed, steps, restarts, ...own, onLook });
  const [best] = found as [InvertedStart];
  const labels = best.label === undefined ? {} : { labels: [best.label] };
  const made = await makeItems(bench, run, { seed: 0, count: 1, codes: best.code, ...labels });
  const both = new Float32Array(2 * image.length);
  both.set(image);
  both.set(made, image.length);
  const { loss, error, label: of } = best;
  const item = await keepCode(run, best.code, of);
  return { items: itemsOf(run, both), item, loss, error, ...(of !== undefined && { label: of }) };
};

/** Tells of the best item whenever there is a better one, and now and then how far it is. */
function watch(
  bench: Bench,
  drawn: (items: Float32Array) => Items,
  { steps, classes }: { readonly steps: number; readonly classes: number },
) {
  let [best, tried] = [Infinity, 0];
  return (looks: number, { items, losses }: { items: Float32Array; losses: Float32Array }) => {
    if (bench.cancelled) throw cancelled("invert");
    if (looks === 1) tried++;
    // A step of L-BFGS takes a look or more.
    const share = Math.min(1, (tried - 1 + Math.min(1, looks / (1.2 * steps))) / classes);
    const row = losses.indexOf(Math.min(...losses));
    if (!(losses[row]! < best)) {
      if (looks % 10 === 0) bench.tell(share);
      return;
    }
    best = losses[row]!;
    const size = items.length / losses.length;
    const seen: InversionSight = {
      items: drawn(items.slice(row * size, (row + 1) * size)),
      loss: best,
    };
    bench.tell(share, seen);
  };
}

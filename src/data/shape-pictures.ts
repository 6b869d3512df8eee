import { stream } from "../core/random.ts";
import { BLOCK, endless } from "./endless.ts";
import {
  captionOf,
  captionWords,
  colourNames,
  coverageOf,
  drawsPerPicture,
  drawThings,
  shapeNames,
  type Thing,
} from "./shapes.ts";
import type { Field, Source } from "./source.ts";

/** Words of the longest caption. */
const words = { 1: 3, 2: 8 } as const;

const whole = (shape: readonly number[], classes: readonly string[]): Field => ({
  shape,
  dtype: "i32",
  scale: 1,
  offset: 0,
  classes,
});

/** What a picture may show, of which several at once: colours and shapes. */
const shown = [...colourNames, ...shapeNames];

/** Colour and shape of the first object: "red square", "red circle", … */
const kinds = colourNames.flatMap((colour) => shapeNames.map((shape) => `${colour} ${shape}`));

export interface ShapePictures {
  /** Of the source; also the name of its stream of numbers. */
  readonly id: string;
  readonly title: string;
  readonly side: number;
  readonly objects: 1 | 2;
  /** The objects of `drawsPerPicture` uniform numbers in (0, 1). */
  readonly things: (u: ArrayLike<number>) => readonly Thing[];
}

/**
 * An endless supply of pictures of objects, with all that is known of them. Fields: `image` u8 [3,s,s];
 * `label` i32, colour and shape of the first object; and of each object `mask` u8 [objects,s,s] (255 =
 * wholly covered), `shape` and `colour` i32 [objects], `place` f32 [objects,3] (centre from left and top,
 * radius; shares of the side); `caption` i32 [3 or 8], numbers of words; `attributes` u8 [10], 1 for each
 * colour and each shape that some object has.
 */
export const shapePictures = (o: ShapePictures): Source =>
  endless({
    id: o.id,
    about: {
      title: o.title,
      credit: "after Andreas, Rohrbach, Darrell, Klein 2016, arXiv:1511.02799, section 6.1",
      licence: "none needed: generated",
    },
    fields: {
      image: { shape: [3, o.side, o.side], dtype: "u8", scale: 2 / 255, offset: -1 },
      label: whole([], kinds),
      mask: { shape: [o.objects, o.side, o.side], dtype: "u8", scale: 1 / 255, offset: 0 },
      shape: whole([o.objects], shapeNames),
      colour: whole([o.objects], colourNames),
      place: { shape: [o.objects, 3], dtype: "f32", scale: 2, offset: -1 },
      caption: whole([words[o.objects]], captionWords),
      attributes: { shape: [shown.length], dtype: "u8", scale: 2, offset: -1, labels: shown },
    },
    block: (seed, index) => makeBlock(seed, index, o),
  });

function makeBlock(seed: number, index: number, o: ShapePictures) {
  const { id, side, objects } = o;
  const draws = new Float64Array(drawsPerPicture * BLOCK);
  const u = stream(seed, `data/${id}`, index).uniform(draws);
  const image = new Uint8Array(BLOCK * 3 * side * side);
  const mask = new Uint8Array(BLOCK * objects * side * side);
  const label = new Int32Array(BLOCK);
  const [shape, colour] = [new Int32Array(BLOCK * objects), new Int32Array(BLOCK * objects)];
  const place = new Float32Array(BLOCK * objects * 3);
  const caption = new Int32Array(BLOCK * words[objects]);
  const attributes = new Uint8Array(BLOCK * shown.length);
  for (let i = 0; i < BLOCK; i++) {
    const things = o.things(u.subarray(drawsPerPicture * i, drawsPerPicture * (i + 1)));
    image.set(drawThings(things, side), i * 3 * side * side);
    label[i] = things[0]!.colour * shapeNames.length + things[0]!.shape;
    things.forEach((thing, k) => {
      const at = i * objects + k;
      const covered = Uint8Array.from(coverageOf(thing, side), (v) => Math.round(255 * v));
      mask.set(covered, at * side * side);
      shape[at] = thing.shape;
      colour[at] = thing.colour;
      attributes[i * shown.length + thing.colour] = 1;
      attributes[i * shown.length + colourNames.length + thing.shape] = 1;
      place.set([thing.x, thing.y, thing.radius], at * 3);
    });
    captionOf(things)
      .split(" ")
      .forEach((word, k) => {
        caption[i * words[objects] + k] = captionWords.indexOf(word as never);
      });
  }
  return { image, label, mask, shape, colour, place, caption, attributes };
}

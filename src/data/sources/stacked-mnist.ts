import { stream } from "../../core/random.ts";
import { BLOCK, endless } from "../endless.ts";
import { familyOptions, mnistFamily, openFamily } from "../mnist.ts";
import { type Batch, defineSource, type Field } from "../source.ts";

/** 1,000 modes that can be counted: label = 100·red + 10·green + blue digit. */
export const stackedMnist = defineSource({
  id: "stacked-mnist",
  description: "three random MNIST digits as red, green and blue: 1,000 modes to drop",
  options: familyOptions("folder of MNIST's four IDX files, instead of our own"),
  open(options) {
    const digits = openFamily(mnistFamily, options);
    const { image } = digits.fields;
    const field = { ...image!, shape: [3, ...image!.shape.slice(1)] };
    const label: Field = { shape: [], dtype: "i32", scale: 1, offset: 0 };
    const all = digits.batch(0, digits.size, 0);
    const { title, credit, licence } = digits.about;
    return endless({
      id: "stacked-mnist",
      about: { title: `Stacked ${title}`, credit: `${credit}; arXiv:1611.02163`, licence },
      fields: { image: field, label },
      block: (seed, index) => stack(all, digits.size, seed, index),
    });
  },
});

/** Planes are whole digits, so an image is three of them one after another. */
function stack(all: Batch, size: number, seed: number, index: number): Batch {
  const images = all.image!;
  const plane = images.length / size;
  const drawn = stream(seed, "data/stacked", index).integers(3 * BLOCK, size);
  const stacked = new Uint8Array(drawn.length * plane);
  const labels = new Int32Array(BLOCK);
  for (let i = 0; i < drawn.length; i++) {
    const digit = drawn[i]!;
    stacked.set(images.subarray(digit * plane, (digit + 1) * plane) as Uint8Array, i * plane);
    labels[Math.floor(i / 3)]! += all.label![digit]! * 10 ** (2 - (i % 3));
  }
  return { image: stacked, label: labels };
}

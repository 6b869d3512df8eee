import { blur } from "../transforms/blur.ts";
import { grey, jitter } from "../transforms/colour.ts";
import { cropResize } from "../transforms/crop-resize.ts";
import { cutout } from "../transforms/cutout.ts";
import { flip } from "../transforms/flip.ts";
import { piped, sometimes } from "../transforms/transform.ts";
import { type Augmentation, byTransform } from "./augmentation.ts";

/** How far SimCLR's changes go: for small images, for large ones, and with a hole besides. */
export type SimclrLevel = "basic" | "blurred" | "blurred-cutout";

/**
 * SimCLR's views: a part of at least a fifth of the image, mirror images, colour jitter with
 * probability 0.8, grey with 0.2; blur with ½ for large images. Chen, Kornblith, Norouzi, Hinton 2020,
 * arXiv:2002.05709, appendix A; the strengths of StudioGAN's release 0.4.
 */
export function simclr(level: SimclrLevel = "basic"): Augmentation {
  const strength = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 };
  const basic = piped(cropResize(), flip, sometimes(0.8, jitter(strength)), sometimes(0.2, grey));
  if (level === "basic") return byTransform("simclr", basic);
  const blurred = piped(basic, sometimes(0.5, blur()));
  const whole = level === "blurred" ? blurred : piped(blurred, sometimes(0.5, cutout(0.5)));
  return byTransform("simclr", whole);
}

import { blur } from "../transforms/blur.ts";
import { grey, jitter } from "../transforms/colour.ts";
import { cropResize } from "../transforms/crop-resize.ts";
import { flip } from "../transforms/flip.ts";
import { piped, sometimes } from "../transforms/transform.ts";
import { type Augmentation, byTransform } from "./augmentation.ts";

/**
 * BYOL's views: SimCLR's with half the jitter of saturation, and blur with probability ½. Grill et al.
 * 2020, arXiv:2006.07733, appendix B; the strengths of StudioGAN's release 0.4.
 */
export const byol = (): Augmentation => {
  const strength = { brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 };
  const colours = piped(sometimes(0.8, jitter(strength)), sometimes(0.2, grey));
  return byTransform("byol", piped(cropResize(), flip, colours, sometimes(0.5, blur())));
};

import { flip } from "../transforms/flip.ts";
import { piped, type Transform } from "../transforms/transform.ts";
import { translation } from "../transforms/translation.ts";
import { type Augmentation, byTransform } from "./augmentation.ts";

/** A mirror image with probability ½, and a shift of up to 1/8 of each side, mirrored at the edges. */
export const flippedAndShifted: Transform = piped(flip, translation({ border: "mirror" }));

/**
 * The changes under which consistency regularisation wants scores to stay. Zhang, Zhang, Odena, Lee
 * 2020, arXiv:1910.12027, section 3.2.
 */
export const flipShift = (): Augmentation => byTransform("flip-shift", flippedAndShifted);

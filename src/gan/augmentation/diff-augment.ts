import { z } from "zod";
import { colour } from "../transforms/colour.ts";
import { cutout } from "../transforms/cutout.ts";
import { piped, type Transform } from "../transforms/transform.ts";
import { translation } from "../transforms/translation.ts";
import { type Augmentation, byTransform } from "./augmentation.ts";

/** DiffAugment's kinds of change, in the order in which they are applied. */
const kinds = {
  colour,
  translation: translation(),
  cutout: cutout(),
} as const satisfies Record<string, Transform>;

type Kind = keyof typeof kinds;

/** An option that names kinds of change; [] = none. */
export const policyOption = (initial: Kind[], about: string) =>
  z
    .array(z.enum(Object.keys(kinds) as Kind[]))
    .default(initial)
    .describe(about);

/**
 * DiffAugment: data and fakes are recoloured, shifted by up to 1/8 and lose a square of half the side,
 * always, so that a discriminator of few data has more to learn than them by heart. Zhao, Liu, Lin,
 * Zhu, Han 2020, arXiv:2006.10738.
 *
 * @param policy which changes; all three when absent
 */
export const diffAugment = (
  policy: readonly Kind[] = ["colour", "translation", "cutout"],
): Augmentation => byTransform("diff-augment", piped(...policy.map((kind) => kinds[kind])));

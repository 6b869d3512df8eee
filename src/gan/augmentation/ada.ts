import type { Tensor } from "../../engine/ir/tensor.ts";
import { abs, add, mul } from "../../engine/ops/index.ts";
import { normals } from "../../nn/_normals.ts";
import type { Affine } from "../transforms/affine.ts";
import { cutout } from "../transforms/cutout.ts";
import { type Chance, perImage, requireImages, sometimes } from "../transforms/transform.ts";
import { recoloured } from "./_ada-colour.ts";
import { filtered } from "./_ada-filter.ts";
import { blits, type Draw, drawWith, placed, warps } from "./_ada-geometry.ts";
import { type Controller, controlled, probabilityOf } from "./_controller.ts";
import type { Augmentation } from "./augmentation.ts";

/** The groups of ADA's pipeline, in the order in which they act. */
export const adaGroups = ["blit", "geometry", "colour", "filter", "noise", "cutout"] as const;

export interface Ada extends Controller {
  /** Which groups act; blit, geometry and colour when absent, the best set of the paper. */
  readonly groups?: readonly (typeof adaGroups)[number][];
}

/** Images after every change of the groups, each of them with probability p an image. */
export function adaChanged(
  images: Tensor,
  chance: Chance,
  { p, groups }: { readonly p: Tensor; readonly groups: NonNullable<Ada["groups"]> },
): Tensor {
  const draw = drawWith(chance, p);
  const has = (group: (typeof adaGroups)[number]) => groups.includes(group);
  const places: Affine[] = [];
  if (has("blit")) places.push(blits(images, chance, draw));
  if (has("geometry")) places.push(warps(images, chance, { draw, p }));
  let x = placed(images, places);
  if (has("colour")) x = recoloured(x, chance, draw);
  if (has("filter")) x = filtered(x, chance, draw);
  if (has("noise")) x = noisy(x, chance, draw);
  return has("cutout") ? sometimes(p, cutout())(x, chance) : x;
}

/** Noise of a deviation |N(0, 0.1²)| an image. */
function noisy(images: Tensor, chance: Chance, draw: Draw): Tensor {
  const deviation = draw(abs(mul(normals(chance, [images.shape[0]!]), 0.1)), 0);
  return add(images, mul(normals(chance, images.shape), perImage(deviation)));
}

/**
 * ADA: data and fakes are changed in up to eighteen ways, each with probability p, which follows how
 * surely the discriminator knows the data: little data are not learnt by heart, and what is changed
 * does not leak into fakes while p < 0.8. Karras, Aittala, Hellsten, Laine, Lehtinen, Aila 2020,
 * arXiv:2006.06676, section 3 and appendix B. Places are read linearly between pixels; the authors'
 * code resamples at twice the size with a low-pass filter. Throws `ITEMS` for what is not images, and
 * `GAME` for a discriminator that does not give an item one score.
 */
export function ada({
  groups = ["blit", "geometry", "colour"],
  ...options
}: Ada = {}): Augmentation {
  return {
    id: "ada",
    items: "image",
    show({ real, fake }, scope) {
      requireImages("ada", real);
      const p = probabilityOf(scope, options).read();
      const shown = (images: Tensor) => adaChanged(images, scope, { p, groups });
      return { real: shown(real), fake: shown(fake) };
    },
    follow: (logits, scope) => controlled(logits, scope, options),
  };
}

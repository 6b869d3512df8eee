import type { OptionValues } from "../core/options.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { adam } from "../nn/adam.ts";
import { average } from "../nn/average.ts";
import { type Module, module } from "../nn/module.ts";
import { adversarial, type Unconditional } from "./adversarial.ts";
import type { Game } from "./game.ts";
import { normal } from "./latent.ts";
import { dcganFeatures, dcganGenerator } from "./nets/dcgan.ts";
import { mlpFeatures, mlpGenerator } from "./nets/mlp.ts";
import { mirrored, quarterTurns, type View } from "./self-supervision/views.ts";
import { count, type DataInfo, fraction, imitated, positive } from "./system.ts";

/** What systems that learn from views have in common; each says what it does otherwise. */
export const viewOptions = {
  batch: count(64, "items per step, a multiple of 4"),
  latent: count(32, "size of the noise vector"),
  width: count(32, "channels at the finest map (images) or hidden units (points)"),
  rate: positive(5e-4, "Adam's learning rate of both"),
  beta1: fraction(0.5, "Adam's decay of the mean gradient"),
  averageHalfLife: positive(10_000, "half-life of the weight average, in items"),
};

/** What sets one such system apart, of its views and of the discriminator up to its features. */
export type ViewParts = (seen: {
  readonly views: readonly View[];
  readonly trunk: Module<Tensor, Tensor>;
}) => Pick<Unconditional, "discriminator" | "loss" | "augment" | "heads" | "terms">;

/**
 * DCGAN's nets, or dense ones for points, on quarter turns of images or mirror images of points. Throws
 * `SHAPE` for images whose side is not 4 to 7 times a power of two.
 */
export function viewGame(
  o: OptionValues<typeof viewOptions>,
  data: DataInfo,
  parts: ViewParts,
): Game {
  const { field, item, isImage } = imitated(data);
  const shape = { image: item, width: o.width };
  const hidden = [o.width, o.width];
  const generator = module("g", isImage ? dcganGenerator(shape) : mlpGenerator({ item, hidden }));
  const trunk = module("trunk", isImage ? dcganFeatures(shape) : mlpFeatures({ hidden }));
  const optimiser = () => adam({ rate: o.rate, beta1: o.beta1, beta2: 0.99 });
  return adversarial({
    field,
    batch: o.batch,
    latent: normal(o.latent),
    generator,
    trunk,
    ...parts({ views: isImage ? quarterTurns : mirrored, trunk }),
    optimise: { generator: optimiser(), discriminator: optimiser() },
    average: { of: [generator], decay: average({ halfLife: o.averageHalfLife, batch: o.batch }) },
  });
}

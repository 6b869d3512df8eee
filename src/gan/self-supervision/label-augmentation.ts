import { add, sub } from "../../engine/ops/index.ts";
import type { Augmentation } from "../augmentation/augmentation.ts";
import type { LogitLoss } from "../losses/loss.ts";
import { surprise } from "../surprise.ts";
import { inParts, type View, viewOf } from "./views.ts";

/** What takes the place of a game's augmentation and loss. */
export interface LabelAugmentation {
  readonly augment: Augmentation;
  readonly loss: LogitLoss;
  /** Numbers that the discriminator gives an item. */
  readonly logits: number;
}

/**
 * One classifier of view and side at once, 2K labels "view k of data" (k) and "view k of a fake" (K + k),
 * on views of both; the generator wants the former and not the latter. Its optimum is the data, where a
 * classifier of views beside the discriminator draws the generator to items whose view is easily told.
 * Hou, Shen, Cao, Cheng 2021, arXiv:2106.05601, equations 6 and 7.
 */
export function labelAugmentation(views: readonly View[]): LabelAugmentation {
  const count = views.length;
  const labels = (n: number) => ({ data: viewOf(n, views), fake: add(viewOf(n, views), count) });
  return {
    logits: 2 * count,
    augment: {
      id: "views",
      show: ({ real, fake }) => ({ real: inParts(real, views), fake: inParts(fake, views) }),
    },
    loss: {
      id: "label-augmentation",
      several: true,
      discriminator({ real, fake }) {
        const { data, fake: made } = labels(real.shape[0]!);
        return add(surprise(real, data), surprise(fake, made));
      },
      generator({ fake }) {
        const { data, fake: made } = labels(fake.shape[0]!);
        return sub(surprise(fake, data), surprise(fake, made));
      },
      unit: "nats",
      scoreUnit: "logit",
      healthy: { discriminator: { low: 0.1, high: 6 }, generator: { low: -5, high: 10 } },
      meaning: {
        discriminator:
          "surprise at view and side of data and fakes; falls, and rises again as fakes improve",
        generator: "how much rather views of fakes are taken for fakes than for data; 0 = alike",
      },
    },
  };
}

import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import { less, select } from "../../engine/ops/index.ts";
import { type Controller, controlled, probabilityOf } from "./_controller.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * APA: with probability p a fake is shown in the place of an item of the data, p following how surely
 * the discriminator knows these. The fakes' gradient does not pass there. For items of any shape whose
 * discriminator gives one score. Jiang, Dai, Wu, Loy 2021, arXiv:2111.06849, section 3.2.
 */
export const apa = (options: Controller = {}): Augmentation => ({
  id: "apa",
  show({ real, fake }, scope) {
    const ones = real.shape.slice(1).map(() => 1);
    const pseudo = less(
      scope.uniform([real.shape[0]!, ...ones]),
      probabilityOf(scope, options).read(),
    );
    return { real: select(pseudo, stopGradient(fake), real), fake };
  },
  follow: (logits, scope) => controlled(logits, scope, options),
});

export * from "./adversarial.ts";
export { type Ada, ada, adaGroups } from "./augmentation/ada.ts";
export { apa } from "./augmentation/apa.ts";
export * from "./augmentation/augmentation.ts";
export { byol } from "./augmentation/byol.ts";
export { diffAugment } from "./augmentation/diff-augment.ts";
export { flipShift } from "./augmentation/flip-shift.ts";
export { type SimclrLevel, simclr } from "./augmentation/simclr.ts";
export * from "./condition.ts";
export type { Embedded } from "./conditioning/_contrast.ts";
export * from "./conditioning/auxiliary-classifier.ts";
export * from "./conditioning/concatenation.ts";
export { conditionalContrast, contrastive } from "./conditioning/contrastive.ts";
export { type DataToData, dataToData, dataToDataEntropy } from "./conditioning/data-to-data.ts";
export * from "./conditioning/discriminative-classifier.ts";
export * from "./conditioning/fake-class.ts";
export * from "./conditioning/multi-hinge.ts";
export * from "./conditioning/projection.ts";
export * from "./conditioning/twin-classifier.ts";
export * from "./constraints.ts";
export * from "./duel.ts";
export * from "./evidence-bound.ts";
export * as forms from "./flat/form.ts";
export { type FlatParts, type FlatView, flat } from "./flat/game.ts";
export * from "./game.ts";
export * as latent from "./latent.ts";
export * from "./losses/f-divergence.ts";
export * from "./losses/hinge.ts";
export * from "./losses/label-smoothing.ts";
export * from "./losses/least-squares.ts";
export * from "./losses/lipschitz.ts";
export * from "./losses/loss.ts";
export * from "./losses/loss-sensitive.ts";
export * from "./losses/minimax.ts";
export * from "./losses/non-saturating.ts";
export * from "./losses/relativistic.ts";
export * from "./losses/wasserstein.ts";
export * from "./nets/autoencoder.ts";
export * from "./nets/biggan.ts";
export { mlpCovectors } from "./nets/covectors.ts";
export * from "./nets/dcgan.ts";
export * from "./nets/mlp.ts";
export * from "./nets/noisy-classifier.ts";
export * from "./nets/pair.ts";
export * from "./nets/r3gan.ts";
export type { Normalisation } from "./normalisation.ts";
export * from "./penalties/dragan.ts";
export * from "./penalties/gradient-penalty.ts";
export * from "./penalties/ground-metric.ts";
export * from "./penalties/l2.ts";
export * from "./penalties/max-gradient.ts";
export type { Penalty } from "./penalties/penalty.ts";
export * from "./penalties/r1.ts";
export * from "./penalties/r2.ts";
export * from "./residual-game.ts";
export * from "./san.ts";
export * from "./surprise.ts";
export * from "./system.ts";
export {
  acrossGroups,
  neighbours,
  type Pair,
  type Pairing,
  type TemperedDuel,
  type Tempering,
  tempered,
} from "./tempering.ts";
export { coherency } from "./terms/coherency.ts";
export { comass } from "./terms/comass.ts";
export * from "./terms/equilibrium.ts";
export { exteriorDerivative } from "./terms/exterior-derivative.ts";
export * from "./terms/feature-matching.ts";
export * from "./terms/historical-averaging.ts";
export * from "./terms/mode-regulariser.ts";
export * from "./terms/supervision.ts";
export { blur } from "./transforms/blur.ts";
export { colour, grey, type Jitter, jitter } from "./transforms/colour.ts";
export { type CropResize, cropResize } from "./transforms/crop-resize.ts";
export { cutout } from "./transforms/cutout.ts";
export { flip } from "./transforms/flip.ts";
export { type Chance, piped, sometimes, type Transform } from "./transforms/transform.ts";
export { type Translation, translation } from "./transforms/translation.ts";
export * from "./unroll.ts";

import type { Tensor } from "../../engine/ir/tensor.ts";
import { abs, mean, neg, reshape, sub } from "../../engine/ops/index.ts";
import { groupNorm } from "../../nn/group-norm.ts";
import { linear } from "../../nn/linear.ts";
import type { Layer, Net } from "../../nn/module.ts";
import { dcganFeatures } from "./dcgan.ts";
import { mlpFeatures } from "./mlp.ts";
import { netPair } from "./pair.ts";

export interface AutoencoderShape {
  /** [channels, height, width] of an image, or the shape of a point. */
  readonly item: readonly number[];
  /** Channels at the finest map (images), or units of each hidden layer (points). */
  readonly width: number;
  /** Size of the code. */
  readonly code: number;
}

/**
 * Layer norm, which does not mix the items of a batch: without any, the small first weights of DCGAN's
 * convolutions let what passes through both halves fade to nothing.
 */
const norm = groupNorm(1);

/**
 * Items f32[n,…] → codes f32[n, code]: a discriminator's trunk and one linear map; layer norm between
 * convolutions, no norm between dense layers.
 */
export function encoder({ item, width, code }: AutoencoderShape): Net<Tensor, Tensor> {
  const trunk =
    item.length === 3
      ? dcganFeatures({ image: item, width, norm })
      : mlpFeatures({ hidden: [width, width] });
  const head = linear(code);
  return (x, scope) => {
    const features = reshape(trunk(x, scope), { shape: [x.shape[0]!, -1] });
    return head(features, scope.child("code"));
  };
}

/** Items f32[n,…] → items: encoded, then decoded by a generator's net, normed as the encoder is. */
export function autoencoder(shape: AutoencoderShape): Layer {
  const encode = encoder(shape);
  const decode = netPair({
    ...shape,
    generatorNorm: shape.item.length === 3 ? { norm } : {},
  }).generator;
  return (x, scope) => decode(encode(x, scope.child("encode")), scope.child("decode"));
}

/**
 * Items f32[n,…] → scores f32[n], each minus the mean absolute error with which `reconstruct` gives the
 * item back: at most 0, high for what it knows. A discriminator by energy. Berthelot et al. 2017,
 * arXiv:1703.10717, section 3.1, with η = 1.
 */
export const reconstructionScore =
  (reconstruct: Layer): Net<Tensor, Tensor> =>
  (x, scope) => {
    const error = abs(sub(x, reconstruct(x, scope)));
    return neg(mean(reshape(error, { shape: [x.shape[0]!, -1] }), { axes: [1] }));
  };

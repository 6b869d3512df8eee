import { reshape } from "../engine/ops/index.ts";
import { rescale } from "./_standardise.ts";
import { byVector, type Conditioned, type Conditioner } from "./conditioner.ts";
import { groupStandardise } from "./group-norm.ts";
import type { Net } from "./module.ts";

/**
 * Instance normalisation of x [n,c,…] whose gain and bias come from a style f32[n,d]. Huang, Belongie
 * 2017, arXiv:1703.06868; with the learnt map from the style Karras, Laine, Aila 2019,
 * arXiv:1812.04948, eq. 1.
 */
export const adaptiveInstanceNorm =
  (
    by: Conditioner = byVector({ bias: true }),
    { eps = 1e-5 }: { readonly eps?: number } = {},
  ): Net<Conditioned> =>
  ({ x, condition }, scope) => {
    const channels = x.shape[1]!;
    const { gain, bias } = by(condition, channels, scope);
    const shape = [-1, channels, 1];
    const standard = groupStandardise(x, channels, eps);
    const y = rescale(standard, reshape(gain, { shape }), reshape(bias, { shape }));
    return reshape(y, { shape: x.shape });
  };

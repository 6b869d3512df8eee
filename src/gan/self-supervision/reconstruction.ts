import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  abs,
  add,
  avgPool,
  cast,
  greater,
  mean,
  mul,
  reshape,
  split,
  sub,
} from "../../engine/ops/index.ts";
import type { Module } from "../../nn/module.ts";
import { notNegative } from "../advice.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";

export interface Reconstruction {
  /** Maps f32[n,d,s,s] of the trunk → the image at half its size; must move with the discriminator. */
  readonly whole: Module<Tensor, Tensor>;
  /** A quarter f32[n,d,s/2,s/2] of the maps → that quarter of the image as large as it is; likewise. */
  readonly part: Module<Tensor, Tensor>;
  /** 1 when absent. */
  readonly weight?: number;
}

/** Of maps [n,c,s,s] with even s the quarter at the bottom where `down` [n,1,1,1] is 1, and on the right. */
export function quarter(x: Tensor, down: Tensor, right: Tensor): Tensor {
  const pick = (from: Tensor, axis: number, second: Tensor): Tensor => {
    const [a, b] = split(from, { axis, sizes: 2 }) as [Tensor, Tensor];
    return add(a, mul(second, sub(b, a)));
  };
  return pick(pick(x, 2, down), 3, right);
}

/**
 * weight · (E|x↓ − W(f(x))| + E|x_q − P(f_q(x))|) over data, for the discriminator: decoders give back the
 * halved image from the trunk's maps f, and one quarter q of it, drawn for each image, from that quarter of
 * the maps. So the maps must keep what data look like, everywhere, and few data are learnt by heart less
 * soon. Liu, Zhu, Song, Elgammal 2021, arXiv:2101.04775, equation 4, with absolute differences in the place
 * of a perceptual distance, and both decoders on one map.
 */
export const reconstruction = ({ whole, part, weight = 1 }: Reconstruction): Term<Duel> => ({
  id: "reconstruction",
  apply({ turn, real, features }) {
    const sides = cast(greater(turn.uniform([2, turn.size]), 0.5), { to: "f32" });
    const [down, right] = split(sides, { axis: 0, sizes: 2 }).map((side) =>
      reshape(side, { shape: [turn.size, 1, 1, 1] }),
    ) as [Tensor, Tensor];
    const maps = features.real;
    const small = avgPool(real, { kernel: [2, 2], strides: [2, 2] });
    const ofWhole = away(turn.call(whole, maps), small);
    const ofPart = away(turn.call(part, quarter(maps, down, right)), quarter(real, down, right));
    return {
      loss: mul(add(ofWhole, ofPart), weight),
      meaning: "how far data are from what decoders give back of them, weighted; falls",
      unit: "pixel value",
      healthy: notNegative,
    };
  },
});

const away = (a: Tensor, b: Tensor): Tensor => mean(abs(sub(a, b)));

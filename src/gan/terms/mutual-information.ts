import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import {
  add,
  argMax,
  concat,
  exp,
  mean,
  mul,
  oneHot,
  slice,
  square,
  sub,
  sum,
} from "../../engine/ops/index.ts";
import type { Module } from "../../nn/module.ts";
import type { Duel } from "../duel.ts";
import type { Term } from "../game.ts";
import { surprise } from "../surprise.ts";

/** What the numbers of a code f32[n, noise + categories + continuous] are for, in this order. */
export interface InfoCode {
  /** Without meaning. */
  readonly noise: number;
  /** The greatest of as many names the category: of normal numbers each is as likely. */
  readonly categories: number;
  /** Heard as they are. */
  readonly continuous: number;
}

/** The category i32[n] and the continuous numbers f32[n, c] of codes. */
export function readCode(z: Tensor, { noise, categories, continuous }: InfoCode) {
  const n = z.shape[0]!;
  const part = (from: number, size: number) =>
    slice(z, { starts: [0, from], ends: [n, from + size] });
  return {
    noise: part(0, noise),
    category: argMax(part(noise, categories), { axis: 1 }),
    continuous: part(noise + categories, continuous),
  };
}

/** Codes as the generator hears them: the category as one of `categories` numbers that is 1. */
export function heard(z: Tensor, code: InfoCode): Tensor {
  const { noise, category, continuous } = readCode(z, code);
  return concat([noise, oneHot(category, { depth: code.categories }), continuous], { axis: 1 });
}

/** Numbers that Q gives an item: logits of the category, then means, then log deviations unless fixed. */
export const readerSize = ({ categories, continuous }: InfoCode, fixed = false): number =>
  categories + (fixed ? 1 : 2) * continuous;

export interface MutualInformation {
  readonly code: InfoCode;
  /** Q: features of the discriminator's trunk → f32[n, readerSize]; moves with the discriminator. */
  readonly reader: Module<Tensor, Tensor>;
  /** λ; at 0 Q watches, and neither side hears of it. */
  readonly weight: number;
  /** Of the continuous numbers beside the category; the paper's 0.1 when absent. */
  readonly continuousWeight?: number;
  /**
   * Whether Q's deviation of a continuous number is 1, as in the authors' code for digits, rather than what Q
   * says. One that Q says falls as Q learns, and the bound's weight grows with it.
   */
  readonly fixed?: boolean;
}

/**
 * −λ·E log Q(c | G(z, c)) for both sides, a bound on the mutual information of code and item less the
 * code's entropy: the generator makes items whose code can be read off them. Chen, Duan, Houthooft,
 * Schulman, Sutskever, Abbeel 2016, arXiv:1606.03657, equation 5.
 */
export function mutualInformation(o: MutualInformation) {
  const read = (duel: Duel) => {
    const { fake } = duel.features;
    const said = duel.turn.call(o.reader, o.weight > 0 ? fake : stopGradient(fake));
    return unreadable(said, duel.codes, o);
  };
  const term = (weight: number, side: string): Term<Duel> => ({
    id: "mutual-information",
    apply(duel) {
      const { category, continuous } = read(duel);
      return {
        loss: mul(add(category, mul(continuous, o.continuousWeight ?? 0.1)), weight),
        meaning: `how badly codes are read off fakes, weighted, for the ${side}; falls`,
        unit: "nats",
        healthy: {},
        readings: {
          [`${side}.information`]: {
            value: sub(Math.log(o.code.categories), category),
            meaning: "what a fake tells of its category, at least; ln K = all",
            unit: "nats",
            healthy: {},
          },
        },
      };
    },
  });
  return {
    discriminator: term(o.weight > 0 ? o.weight : 1, "d"),
    generator: o.weight > 0 ? [term(o.weight, "g")] : [],
  };
}

/** −E log Q of the category, and of all continuous numbers as normal ones. */
function unreadable(said: Tensor, z: Tensor, { code, fixed }: MutualInformation) {
  const { category, continuous } = readCode(z, code);
  const [n, k, c] = [z.shape[0]!, code.categories, code.continuous];
  const part = (from: number, size: number) =>
    slice(said, { starts: [0, from], ends: [n, from + size] });
  const away = sub(continuous, part(k, c));
  const each = fixed ? surpriseAt(away) : surpriseAt(away, part(k + c, c));
  return { category: surprise(part(0, k), category), continuous: mean(sum(each, { axes: [1] })) };
}

/** −log of a normal density, so far from its middle; of deviation 1 when no logarithm of one is given. */
function surpriseAt(away: Tensor, logDeviation?: Tensor): Tensor {
  const constant = 0.5 * Math.log(2 * Math.PI);
  if (!logDeviation) return add(mul(square(away), 0.5), constant);
  const off = square(mul(away, exp(mul(logDeviation, -1))));
  return add(add(mul(off, 0.5), logDeviation), constant);
}

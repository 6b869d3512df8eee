import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import {
  abs,
  add,
  argMax,
  cast,
  concat,
  expand,
  gather,
  less,
  mul,
  notEqual,
  reshape,
  roll,
  select,
  sliceAxis,
  sub,
} from "../engine/ops/index.ts";
import { type Module, module } from "../nn/module.ts";
import { adversarial, type Unconditional } from "./adversarial.ts";
import { type Duel, duelOf } from "./duel.ts";
import type { AnyPlayer, Game, Turn } from "./game.ts";

/** Each row's partner: rows [n, …] of the data → as many others, shaped alike. */
export type Pairing = (rows: Tensor, turn: Turn) => Tensor;

export interface Tempering {
  /** Share of items that are left as they are (α = 1), in [0, 1]. */
  readonly share: number;
  /** `neighbours` when absent. */
  readonly pairing?: Pairing;
  /** α at which samples are made, in [0, 1]; 1, the data themselves, when absent. */
  readonly sampleAt?: number;
}

/** A duel over tempered items: `real` is x^α, `fake` and `logits` are conditioned on the same α. */
export interface TemperedDuel extends Duel {
  /** α of each item, f32[n]. */
  readonly alpha: Tensor;
  /** The two rows of the data that x^α lies between. */
  readonly pair: Pair;
  /** The discriminator's score of items at α of their own. */
  scoreAt(items: Tensor, alpha: Tensor): Tensor;
}

export interface Pair {
  readonly first: Tensor;
  readonly second: Tensor;
}

/** The next row of the batch: as independent of a row as any other. */
export const neighbours: Pairing = (rows) => roll(rows, { axis: 0, shift: 1 });

/**
 * A row drawn evenly from those of the batch that differ in `column`; any row where none differs. For
 * items f32[n, d] with a group coded in a column.
 */
export const acrossGroups =
  (column: number): Pairing =>
  (rows, turn) => {
    const n = rows.shape[0]!;
    const group = sliceAxis(rows, { axis: 1, start: column, end: column + 1 });
    const other = cast(notEqual(group, reshape(group, { shape: [1, n] })), { to: "f32" });
    return gather(rows, argMax(add(other, turn.uniform([n, n])), { axis: 1 }), { axis: 0 });
  };

/** Numbers f32[n] along the first axis of something of `rank` axes. */
const along = (perItem: Tensor, rank: number): Tensor =>
  reshape(perItem, { shape: [perItem.shape[0]!, ...new Array<number>(rank - 1).fill(1)] });

/** x^α = αx₁ + (1 − α)x₂, α f32[n]. */
export const mixed = ({ first, second }: Pair, alpha: Tensor): Tensor =>
  add(second, mul(along(alpha, first.shape.length), sub(first, second)));

/** Items or codes [n, c, …] with t(α) = 1 − 2|α − ½| as one more channel: x^α and x^(1−α) are alike. */
export function withTemperature(x: Tensor, alpha: Tensor): Tensor {
  const t = sub(1, mul(abs(sub(alpha, 0.5)), 2));
  const shape = [x.shape[0]!, 1, ...x.shape.slice(2)];
  return concat([x, expand(along(t, x.shape.length), { shape })], { axis: 1 });
}

/** α = 1 with probability `share`, else uniform on (0, 1), f32[n]. */
function drawAlpha(turn: Turn, share: number): Tensor {
  const kept = less(turn.uniform([turn.size]), share);
  return select(kept, constant(1, [turn.size]), turn.uniform([turn.size]));
}

/** The duel of one tick; both players see the same α and the same mixtures. */
export function temperedDuel(
  parts: Unconditional,
  { share, pairing = neighbours }: Tempering,
  turn: Turn,
): TemperedDuel {
  const first = turn.batch[parts.field]!;
  const pair = turn.once("tempered pair", () => ({ first, second: pairing(first, turn) }));
  const alpha = turn.once("alpha", () => drawAlpha(turn, share));
  const at = (when: Tensor) => conditioned(parts, when);
  const batch = { [parts.field]: turn.once("tempered", () => mixed(pair, alpha)) };
  const duel = duelOf(at(alpha), { ...turn, batch });
  const scoreAt = (items: Tensor, when: Tensor) => duelOf(at(when), turn).discriminate(items);
  return Object.assign(duel, { alpha, pair, scoreAt });
}

/** The parts with α given to the generator and to the first stage of the discriminator. */
function conditioned(parts: Unconditional, alpha: Tensor): Unconditional {
  const { generator, discriminator, trunk } = parts;
  const under = ({ name, net }: Module<Tensor, Tensor>) =>
    module(name, (x: Tensor, scope) => net(withTemperature(x, alpha), scope));
  return {
    ...parts,
    generator: under(generator),
    ...(trunk ? { trunk: under(trunk) } : { discriminator: under(discriminator) }),
  };
}

/**
 * The adversarial game on all tempered distributions αX₁ + (1 − α)X₂ at once: those between two rows
 * of the data have fewer and broader modes, and what is learnt there carries over to α = 1. Sohn, Song
 * 2024, arXiv:2411.11786, algorithm 3. Generator and discriminator get α as one more input channel.
 * Terms of the discriminator see a `TemperedDuel`, whose batch holds the imitated field alone.
 */
export function tempered(parts: Unconditional, how: Tempering): Game {
  const game = adversarial(parts);
  const view = (turn: Turn) => temperedDuel(parts, how, turn);
  const { noise } = game.sampler;
  return {
    ...game,
    players: game.players.map((player) => ({ ...player, view }) as AnyPlayer),
    sampler: {
      noise,
      make: ({ z }, call) =>
        call(parts.generator, withTemperature(z!, constant(how.sampleAt ?? 1, [z!.shape[0]!]))),
    },
  };
}

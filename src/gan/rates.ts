import { type Schedule, toSchedule } from "../nn/schedule.ts";
import type { AnyPlayer, Game } from "./game.ts";

/** From this tick on, every learning rate is `factor` times what it was before. */
export interface RateCut {
  readonly from: number;
  readonly factor: number;
}

/** The product of the cuts that have come by a tick. */
export const cutAt =
  (cuts: readonly RateCut[]): Schedule =>
  ({ step }) =>
    cuts.reduce((product, { from, factor }) => (step >= from ? product * factor : product), 1);

/**
 * `game` with each player's learning rate times `scale`. Rates are fed, not compiled in: the step
 * graph stays as it is, and where the scale is 1 so does every number.
 */
export const withRates = (game: Game, scale: Schedule): Game => ({
  ...game,
  players: game.players.map((player) => slowed(player, scale)),
});

function slowed(player: AnyPlayer, scale: Schedule): AnyPlayer {
  const { optimiser } = player;
  const plain = toSchedule(optimiser.schedules.rate);
  const rate: Schedule = (progress) => plain(progress) * scale(progress);
  return { ...player, optimiser: { ...optimiser, schedules: { ...optimiser.schedules, rate } } };
}

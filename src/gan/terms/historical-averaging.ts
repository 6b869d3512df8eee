import { stopGradient } from "../../engine/autodiff/stop-gradient.ts";
import { add, div, mul, square, sub, sum } from "../../engine/ops/index.ts";
import { zeros } from "../../nn/initialisers.ts";
import type { Module } from "../../nn/module.ts";
import type { Tensors } from "../../nn/optimiser.ts";
import { notNegative } from "../advice.ts";
import type { Term, Turn } from "../game.ts";

export interface HistoricalAveraging {
  /** The player's own modules. They must have been applied by the time its terms are. */
  readonly of: readonly Module<never, unknown>[];
  /** 1 when absent. */
  readonly weight?: number;
}

/** Moves so far; no parameter is called so, for theirs all begin with their module's name. */
const moves = "moves";

/**
 * weight · Σ‖θ − (1/t)·Σᵢ₌₁ᵗ θᵢ‖² over the parameters θ of some modules, θᵢ being their value at move
 * i of the player, the present one with them. The mean is data: its gradient is not followed. It
 * damps play that goes in circles. Salimans et al. 2016, arXiv:1606.03498, section 3.3.
 *
 * State: one mean per parameter, and the number of moves.
 */
export const historicalAveraging = ({
  of,
  weight = 1,
}: HistoricalAveraging): Term<{ readonly turn: Turn }> => {
  const parameters = (turn: Turn): Tensors =>
    Object.assign({}, ...of.map((module) => turn.parameters(module)));
  return {
    id: "historical-averaging",
    state: ({ turn }) => ({
      [moves]: { shape: [], init: zeros },
      ...Object.fromEntries(
        Object.entries(parameters(turn)).map(([name, { shape }]) => [name, { shape, init: zeros }]),
      ),
    }),
    apply({ turn }, old) {
      const count = add(old[moves]!, 1);
      const state: Record<string, Tensors[string]> = { [moves]: count };
      const distances = Object.entries(parameters(turn)).map(([name, now]) => {
        // Mean of t values from the mean of t − 1: it moves a t-th of the way.
        const mean = stopGradient(add(old[name]!, div(sub(now, old[name]!), count)));
        state[name] = mean;
        return sum(square(sub(now, mean)));
      });
      return {
        loss: mul(
          distances.reduce((a, b) => add(a, b)),
          weight,
        ),
        meaning: "squared distance of the parameters from their mean over all moves",
        unit: "squared weight",
        healthy: notNegative,
        state,
      };
    },
  };
};

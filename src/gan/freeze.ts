import type { Game } from "./game.ts";

/**
 * A game whose players leave parts as they are: modules, or what is in them, by path (`trunk.down0`). Their
 * parameters are not moved and keep nothing of an optimiser; statistics that they gather still follow.
 *
 * FreezeD holds the first layers of a trained discriminator while both players learn from other, few data.
 * Mo, Cho, Shin 2020, arXiv:2002.10964.
 */
export const freezing = (game: Game, parts: readonly string[]): Game => ({
  ...game,
  players: game.players.map((player) => ({ ...player, holds: parts })),
});

/** Whether a parameter is in one of the parts. */
export const isIn = (parameter: string, parts: readonly string[]): boolean =>
  parts.some((part) => parameter === part || parameter.startsWith(`${part}.`));

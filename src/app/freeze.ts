import { GanymedeError } from "../core/errors.ts";
import { isIn } from "../gan/freeze.ts";
import type { Game } from "../gan/game.ts";
import { variablesOf } from "./match.ts";
import type { RunConfig } from "./run-config.ts";

/** What is held: so many layers of the discriminator, the first ones, or parts by their paths. */
export type Freeze = number | readonly string[];

/**
 * The paths of what is to be held. A layer is a part of the discriminator with a weight that multiplies,
 * such as a convolution or a residual block, and what follows it up to the next one. Throws `OPTION` for
 * more layers than there are, or for parts that the game has not.
 */
export function frozenParts(
  game: Game,
  fields: RunConfig["fields"],
  freeze: Freeze,
): readonly string[] {
  const parameters = variablesOf(game, fields)
    .all()
    .filter((v) => v.role === "parameter");
  if (typeof freeze === "number") return firstLayers(game, parameters, freeze);
  const missing = freeze.find((part) => !parameters.some(({ name }) => isIn(name, [part])));
  if (missing !== undefined) throw refused(`parts of ${partsOf(parameters).join(", ")}`, missing);
  for (const { name: player, owns } of game.players) {
    const modules = owns.map(({ name }) => name);
    const own = parameters.filter(({ name }) => isIn(name, modules));
    if (own.some(({ name }) => !isIn(name, freeze))) continue;
    throw refused(`parts that leave player ${player} something to learn`, freeze.join(", "));
  }
  return freeze;
}

type Parameters = readonly { readonly name: string; readonly shape: readonly number[] }[];

/** Modules, or their parts where they have some, in the order in which items pass through them. */
const partsOf = (parameters: Parameters): string[] => [
  ...new Set(parameters.map(({ name }) => partOf(name))),
];

const partOf = (name: string): string => name.split(".").slice(0, -1).slice(0, 2).join(".");

function firstLayers(game: Game, parameters: Parameters, count: number): string[] {
  const owned = game.players.find(({ name }) => name === "d")?.owns ?? [];
  const judging = owned.map(({ name }) => name);
  const own = parameters.filter(({ name }) => isIn(name, judging));
  const weighted = new Set(own.flatMap((p) => (p.shape.length > 1 ? [partOf(p.name)] : [])));
  const first = [...weighted];
  if (count >= first.length) {
    const most = Math.max(0, first.length - 1);
    throw refused(
      `at most ${most} layers: a discriminator of ${first.length} must learn`,
      `${count}`,
    );
  }
  const all = partsOf(own);
  return all.slice(0, all.indexOf(first[count]!));
}

const refused = (expected: string, got: string) =>
  new GanymedeError("OPTION", {
    where: "what is frozen",
    expected,
    got,
    fix: "freeze fewer layers, or name parts as checkpoints name their tensors",
  });

import type { Tensor } from "../engine/ir/tensor.ts";
import { add, mul, sub } from "../engine/ops/index.ts";
import type { Game, Turn } from "../gan/game.ts";
import type { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";

/** Where averages of variables are kept. */
export const averageOf = (name: string): string => `average.${name}`;

/** What averages are taken of, and where they are written. */
interface Averaging {
  readonly variables: Variables;
  readonly trace: Trace;
  readonly turn: Turn;
}

/** The game's averages follow what they are of, in a tick in which somebody moved any of it. */
export function followAverages(
  game: Game,
  moved: ReadonlySet<string>,
  { variables, trace, turn }: Averaging,
): void {
  const { average } = game;
  if (!average?.of.some((m) => moved.has(m.name))) return;
  const decay = turn.scalar("average.decay", average.decay);
  const resting = restingIn(game, moved);
  for (const { name } of average.of) {
    if (!resting.has(name)) follow(name, variables, trace, decay);
  }
}

/**
 * Modules of players with a span that nobody moved. Their averages rest too: a run that is resumed has not
 * traced what came before, and must not differ from one that went on.
 */
const restingIn = ({ players }: Game, moved: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(
    players
      .filter(({ during }) => during)
      .flatMap(({ owns }) => owns.map(({ name }) => name))
      .filter((name) => !moved.has(name)),
  );

/** average ← average + (1 − decay)(value − average), for all that a module keeps but what is `latest`. */
function follow(module: string, variables: Variables, trace: Trace, decay: Tensor): void {
  for (const { name, shape, init, latest } of variables.of(module)) {
    const average = averageOf(name);
    variables.declare({ name: average, shape, role: "state", init, like: name });
    const [old, value] = [trace.read(average), trace.read(name)];
    trace.write(average, latest ? value : add(old, mul(sub(1, decay), sub(value, old))));
  }
}

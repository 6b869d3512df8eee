import type { AnyPlayer, Game, Term } from "../gan/game.ts";
import type { Activity } from "./step.ts";

/** Longest cadence that is unrolled into one program; longer ones get a program per kind of tick. */
const longestRound = 8;

/** Some ticks to run in one call. */
export interface Segment {
  /** Who acts in each tick of the round. */
  readonly round: readonly Activity[];
  /** How many rounds. */
  readonly repeat: number;
}

const always = { from: 0, until: Number.POSITIVE_INFINITY };

/** Everybody who acts in tick `step`, the first being 0. A cadence of n acts at the last of n ticks. */
export function activityAt(game: Game, step: number): Activity {
  const active = new Set<string>();
  for (const player of game.players) {
    const every = player.every ?? 1;
    const { from, until } = player.during ?? always;
    if ((step + 1) % every !== 0 || step < from || step >= until) continue;
    active.add(player.name);
    // A term counts its player's moves.
    const moves = (step + 1) / every;
    for (const term of termsOf(player)) {
      if (moves % (term.every ?? 1) === 0) active.add(`${player.name}/${term.id}`);
    }
  }
  return active;
}

const termsOf = (player: AnyPlayer): readonly Term[] => player.terms ?? [];

/** Ticks after which the pattern of activity repeats. */
export function period(game: Game): number {
  const cadences = game.players.flatMap((p) =>
    [1, ...termsOf(p).map((t) => t.every ?? 1)].map((n) => n * (p.every ?? 1)),
  );
  return cadences.reduce((a, b) => (a * b) / gcd(a, b), 1);
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * The segment that starts at tick `step` and ends before `end`. Chunks of `chunk` ticks (a whole
 * number of rounds) start at multiples of themselves, so that a resumed run calls the same programs
 * for the same ticks as one that was never stopped. What does not fill a chunk runs tick by tick, and so
 * does a chunk in which somebody begins or ceases to move.
 */
export function nextSegment(game: Game, step: number, end: number, chunk: number): Segment {
  const round = period(game);
  if (round <= longestRound) {
    const whole = Math.max(1, Math.floor(chunk / round)) * round;
    if (step % whole === 0 && step + whole <= end && !changesWithin(game, step, step + whole)) {
      const activities = Array.from({ length: round }, (_, i) => activityAt(game, step + i));
      return { round: activities, repeat: whole / round };
    }
    return { round: [activityAt(game, step)], repeat: 1 };
  }
  return { round: [activityAt(game, step)], repeat: equalTicks(game, step, end, chunk) };
}

/** Whether somebody begins or ceases to move after tick `step` and before `end`. */
const changesWithin = (game: Game, step: number, end: number): boolean =>
  game.players.some(({ during = always }) =>
    [during.from, during.until].some((tick) => tick > step && tick < end),
  );

/** How many ticks from `step` on are of one kind, cut at multiples of `chunk`. */
function equalTicks(game: Game, step: number, end: number, chunk: number): number {
  const kind = keyOf([activityAt(game, step)]);
  const limit = Math.min(end, (Math.floor(step / chunk) + 1) * chunk);
  let n = 1;
  while (step + n < limit && keyOf([activityAt(game, step + n)]) === kind) n++;
  return n;
}

export const keyOf = (round: readonly Activity[]): string =>
  round.map((a) => [...a].sort().join("+")).join(" ");

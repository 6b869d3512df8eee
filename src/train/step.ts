import type { Field } from "../data/source.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { inputName } from "../engine/ir/leaves.ts";
import { tracedAt } from "../engine/ir/place.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { add, concat, mul, reshape, select } from "../engine/ops/index.ts";
import type { Precision } from "../engine/passes/autocast.ts";
import { type Program, type ProgramOptions, program } from "../engine/program.ts";
import { isIn } from "../gan/freeze.ts";
import type {
  AnyPlayer,
  Game,
  Player,
  Reading,
  ReadingAbout,
  Slots,
  Term,
  Turn,
} from "../gan/game.ts";
import type { Optimiser, Tensors } from "../nn/optimiser.ts";
import { Trace } from "../nn/trace.ts";
import type { Variables } from "../nn/variables.ts";
import { followAverages } from "./averages.ts";
import { lossScale } from "./loss-scale.ts";
import { normReadings } from "./norm-readings.ts";
import { emptyInputs, makeTurn, type TickInputs } from "./tick.ts";
import { sumOf, watchOf } from "./watch.ts";

/** Who acts in a tick: player names, and `player/term` for each of their terms that applies. */
export type Activity = ReadonlySet<string>;

/** One or more consecutive ticks as one program. */
export interface StepProgram {
  readonly program: Program;
  /** Input → output of each variable that the ticks change. */
  readonly carried: Readonly<Record<string, string>>;
  readonly ticks: readonly TickInputs[];
  /** What the output `readings` holds, in order, per tick. */
  readonly readings: readonly (readonly SaidName[])[];
  /** Asks once, after the last tick, whether all that lasts is finite: see `watchOf`. */
  readonly watch: Program;
}

/** What a move says. */
interface Said extends Reading {
  /** It is only asked whether it is finite, and not reported. */
  readonly watched?: boolean;
}

/** A reading without its value. */
export type SaidName = Omit<Said, "value"> & { readonly name: string };

/** The name of the output that holds the next value of a variable. */
const next = (name: string): string => `next/${name}`;

/**
 * Traces ticks one after the other: what a player writes is what the next one reads. With `f16`, in
 * mixed precision: `autocast` puts halves in, each player's loss gets a scale.
 */
export function traceTicks(
  game: Game,
  variables: Variables,
  fields: Readonly<Record<string, Field>>,
  activities: readonly Activity[],
  { precision = "f32", norms = false }: ProgramOptions & { readonly norms?: boolean } = {},
): StepProgram {
  const trace = new Trace(variables, { training: true });
  const ticks: TickInputs[] = [];
  const readings: Record<string, Said>[] = [];
  activities.forEach((activity, i) => {
    const suffix = activities.length > 1 ? `@${i}` : "";
    const inputs = emptyInputs(suffix);
    trace.useKey(inputs.key);
    const turn = makeTurn({ trace, variables, size: game.batch, fields, inputs, suffix });
    readings.push(traceTick(game, { variables, trace, turn, activity, precision, norms }));
    ticks.push(inputs);
  });
  const outputs: Record<string, Tensor> = {};
  const carried: Record<string, string> = {};
  for (const [name, value] of trace.written()) {
    carried[name] = next(name);
    outputs[next(name)] = value;
  }
  const scalars = readings.flatMap((r) => Object.values(r).map((v) => v.value));
  outputs.readings = concat(
    scalars.map((v) => reshape(v, { shape: [1] })),
    { axis: 0 },
  );
  return {
    program: program(outputs, { precision }),
    carried,
    ticks,
    readings: readings.map((r) =>
      Object.entries(r).map(([name, { value: _, ...about }]) => ({ name, ...about })),
    ),
    watch: watchOf([...trace.written()].map(([name, { shape }]) => ({ name: next(name), shape }))),
  };
}

/** What the moves of a tick share. */
interface Tick {
  readonly variables: Variables;
  readonly trace: Trace;
  readonly turn: Turn;
  readonly activity: Activity;
  readonly precision: Precision;
  /** Whether each player says how large its gradient, its update and its parameters are. */
  readonly norms: boolean;
}

/** Every player's move in turn, then the averages. */
function traceTick(game: Game, tick: Tick): Record<string, Said> {
  const { activity } = tick;
  const readings: Record<string, Said> = {};
  const moved = new Set<string>();
  for (const player of game.players) {
    if (!activity.has(player.name)) continue;
    Object.assign(readings, move(player, tick));
    for (const module of player.owns) moved.add(module.name);
  }
  followAverages(game, moved, tick);
  return readings;
}

/** What a player wants small in all: its objective and those of its terms that act. */
export function totalOf(
  player: Player<unknown>,
  view: unknown,
  { trace, activity }: { readonly trace: Trace; readonly activity: Activity },
): { readonly total: Tensor; readonly said: Readonly<Record<string, Reading>> } {
  const lossName = `${player.name}.loss`;
  const objective = tracedAt(lossName, () => player.objective(view));
  const { loss, readings = {} } = objective;
  const said: Record<string, Reading> = { [lossName]: { value: loss, ...aboutOf(objective) } };
  for (const [name, reading] of Object.entries(readings)) said[`${player.name}.${name}`] = reading;
  let total = loss;
  for (const term of player.terms ?? []) {
    const id = `${player.name}/${term.id}`;
    if (!activity.has(id)) continue;
    const result = tracedAt(id, () =>
      applyTerm(term, `term.${player.name}.${term.id}`, view, trace),
    );
    total = add(total, mul(result.loss, term.every ?? 1));
    said[`${player.name}.${term.id}`] = { value: result.loss, ...aboutOf(result) };
    Object.assign(said, result.readings);
  }
  return { total, said };
}

/** One player's loss, gradients and update. */
function move(anyPlayer: AnyPlayer, tick: Tick): Record<string, Said> {
  const { variables, trace, turn } = tick;
  const player = anyPlayer as Player<unknown>;
  const { total, said: heard } = totalOf(player, player.view(turn), tick);
  const said: Record<string, Said> = { ...heard };
  const names = player.owns
    .flatMap((m) => variables.of(m.name).flatMap((v) => (v.role === "parameter" ? [v.name] : [])))
    .filter((name) => !isIn(name, player.holds ?? []));
  const parameters = names.map((n) => trace.read(n));
  Object.assign(said, descend(player, total, names, parameters, tick));
  return said;
}

/** Gradients of a player's whole loss, and its update. */
function descend(
  player: Player<unknown>,
  total: Tensor,
  names: readonly string[],
  parameters: readonly Tensor[],
  tick: Tick,
): Record<string, Said> {
  const { trace, precision, norms } = tick;
  const scale = precision === "f32" ? undefined : lossScale(player.name, trace);
  const scaled = grad(scale ? scale.scaled(total) : total, parameters);
  const gradients = scale ? scaled.map(scale.unscaled) : scaled;
  return {
    ...(scale && { [`${player.name}.lossScale`]: scale.reading }),
    ...update(player, names, gradients, tick, scale?.settle(gradients)),
    ...(norms && normReadings(player.name, gradients, parameters, names.map(trace.read, trace))),
  };
}

const aboutOf = ({ meaning, unit, healthy }: ReadingAbout): ReadingAbout => ({
  meaning,
  ...(unit !== undefined && { unit }),
  ...(healthy && { healthy }),
});

/** A term's loss; its state is read before and written after, under a name that no term knows. */
function applyTerm(term: Term<unknown>, path: string, view: unknown, trace: Trace) {
  const slots = keep(term.state?.(view) ?? {}, path, trace);
  const result = term.apply(view, slots.before);
  slots.after(result.state ?? {});
  return result;
}

/**
 * Variables for what a part keeps: their values before, and where to leave those after. Where a
 * condition is given and does not hold, they stay as they were.
 */
function keep(slots: Slots, path: string, trace: Trace, taken?: Tensor) {
  const states = Object.entries(slots).map(
    ([key, s]) => [key, trace.variable("state", `${path}.${key}`, s.shape, s.init)] as const,
  );
  return {
    before: Object.fromEntries(states.map(([key, s]) => [key, s.read()])) as Tensors,
    after(values: Tensors) {
      for (const [key, state] of states) {
        const old = state.read();
        state.write(either(taken, values[key] ?? old, old));
      }
    },
  };
}

/** `next` where the condition holds or there is none, else `old`. */
const either = (taken: Tensor | undefined, next: Tensor, old: Tensor): Tensor =>
  taken && next !== old ? select(taken, next, old) : next;

/**
 * Applies the player's optimiser to each parameter, and its constraint to the result. What is not
 * finite lasts in a parameter or a moment and is found there; a constraint could hide it (an infinite
 * weight is clipped to the bound like any other), so that what it is given is watched as well. An
 * update that is not `taken` leaves parameters and all that the optimiser keeps as they were.
 */
function update(
  player: Player<unknown>,
  names: readonly string[],
  gradients: readonly Tensor[],
  { trace, turn }: Tick,
  taken?: Tensor,
): Record<string, Said> {
  const { optimiser, constrain } = player;
  const path = `optimiser.${player.name}`;
  const hyper: Tensors = Object.fromEntries(
    Object.entries(optimiser.schedules).map(([key, schedule]) => [
      key,
      turn.scalar(`${player.name}.${key}`, schedule),
    ]),
  );
  const shared = advanceShared(optimiser, path, hyper, trace, taken);
  const unconstrained: Tensor[] = [];
  const moveOne = (name: string, gradient: Tensor) => {
    const parameter = trace.read(name);
    const slots = keep(optimiser.slots(parameter.shape), `${path}.${name}`, trace, taken);
    const after = optimiser.update({ parameter, gradient, slots: slots.before, shared, hyper });
    slots.after(after.slots);
    const next = either(taken, after.parameter, parameter);
    if (constrain) unconstrained.push(next);
    trace.write(name, constrain ? either(taken, constrain(next), parameter) : next);
  };
  names.forEach((name, i) => {
    tracedAt(`update of ${name}`, () => moveOne(name, gradients[i]!));
  });
  if (unconstrained.length === 0) return {};
  const meaning = "the parameters as they were before the constraint";
  return {
    [`${player.name}.unconstrained`]: { value: sumOf(unconstrained), meaning, watched: true },
  };
}

function advanceShared(
  optimiser: Optimiser,
  path: string,
  hyper: Tensors,
  trace: Trace,
  taken?: Tensor,
): Tensors {
  const slots = keep(optimiser.shared ?? {}, path, trace, taken);
  const after = optimiser.advance?.(slots.before, hyper) ?? slots.before;
  slots.after(after);
  return after;
}

/** The inputs of a step program that hold one value a tick, all of which the host makes. */
export const tickInputNames = ({ ticks }: StepProgram): string[] =>
  ticks.flatMap((t) =>
    [
      ...t.batch.values(),
      ...[...t.noise.values()].map((n) => n.input),
      ...[...t.scalars.values()].map((s) => s.input),
      t.key,
    ].map((leaf) => inputName(leaf)!),
  );

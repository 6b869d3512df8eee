import type { Healthy } from "../core/healthy.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import type { Shape } from "../engine/ir/type.ts";
import type { Module } from "../nn/module.ts";
import type { Optimiser, Slot, Tensors } from "../nn/optimiser.ts";
import type { Schedule, Scheduled } from "../nn/schedule.ts";

/** Where host noise comes from. */
export type Distribution = "normal" | "uniform";

/** Noise of one item, before the batch axis is put in front. */
export interface Noise {
  readonly distribution: Distribution;
  readonly shape: Shape;
}

/** What a player can reach when it is its turn. Valid while the step is being traced. */
export interface Turn {
  /** One batch of the data, decoded to f32 (labels stay i32), by field. */
  readonly batch: Tensors;
  /** Items in the batch. */
  readonly size: number;
  /** New noise for a batch. One name is one tensor for all players of a tick. */
  noise(name: string, noise: Noise): Tensor;
  /** Noise in (0,1) of any shape, made in the graph. */
  uniform(shape: Shape): Tensor;
  /**
   * Applies a module with its parameters as they are by now: earlier players have moved. Those that
   * `instead` names are taken from there: unrolled updates, meta-gradients, mixed or perturbed nets.
   */
  call<I, O>(module: Module<I, O>, input: I, instead?: Tensors): O;
  /** The parameters of a module that has been applied, by name, as they are by now. */
  parameters(module: Module<never, unknown>): Tensors;
  /** The value of a schedule at this step. */
  scalar(name: string, schedule: Scheduled): Tensor;
  /** What an earlier player of this tick made under `key`, or `make()`. */
  once<T>(key: string, make: () => T): T;
}

/** What a logged scalar is to its reader. */
export interface ReadingAbout {
  /** A short clause, then `;` and the details. */
  readonly meaning: string;
  /** `nats`, `logit`, `share`, … */
  readonly unit?: string;
  /** Its values while all is well. */
  readonly healthy?: Healthy;
}

/** A scalar to log. */
export interface Reading extends ReadingAbout {
  readonly value: Tensor;
}

/** What a player wants small. */
export interface Objective extends ReadingAbout {
  readonly loss: Tensor;
  readonly readings?: Readonly<Record<string, Reading>>;
}

export type Slots = Readonly<Record<string, Slot>>;

/** Something added to a player's loss: a penalty, a consistency, a matching term. Owns its state. */
export interface Term<V = never> {
  readonly id: string;
  /** Applied at every n-th move of the player, with n times the weight; 1 when absent. */
  readonly every?: number;
  /** What it keeps from move to move. */
  state?(view: V): Slots;
  apply(view: V, state: Tensors): Objective & { readonly state?: Tensors };
}

/** A party of the game: parameters it moves, a loss it minimises, an optimiser and a cadence. */
export interface Player<V = never> {
  readonly name: string;
  readonly owns: readonly Module<never, unknown>[];
  /** Parts of these that it leaves as they are, by path. */
  readonly holds?: readonly string[];
  /** What it sees: batch, samples, logits. Lazy where a use has side effects on state. */
  view(turn: Turn): V;
  objective(view: V): Objective;
  readonly terms?: readonly Term<V>[];
  readonly optimiser: Optimiser;
  /** Applied to each parameter after its update: weight clipping, projection. */
  readonly constrain?: (parameter: Tensor) => Tensor;
  /** Moves at every n-th tick; 1 when absent. */
  readonly every?: number;
  /** Moves in these ticks alone, from `from` on and before `until`; in all when absent. */
  readonly during?: { readonly from: number; readonly until: number };
}

/** A player whose view is its own affair. */
export type AnyPlayer = Player<never>;

/** An average of parameters and state over time, from which samples are made. */
export interface Average {
  readonly of: readonly Module<never, unknown>[];
  /** Weight of the old average at each tick, in [0, 1). */
  readonly decay: Schedule;
}

/** How a trained game is used: from noise (and conditions) to what it makes. */
export interface Sampler {
  readonly noise: Readonly<Record<string, Noise>>;
  /** Names of the classes that the generator can be asked for, if it is conditional. */
  readonly classes?: readonly string[];
  /** How many of them, the first, are drawn where nobody says which; all when absent. */
  readonly drawn?: number;
  /** The data's field that the part `condition` of codes stands for: numbers, or several labels. */
  readonly condition?: string;
  /** Items [n, …] in the field's trained range. `label` is i32[n] when there are classes. */
  make(inputs: Tensors, call: Turn["call"]): Tensor;
}

/** A whole system: players in the order in which they move within a tick. */
export interface Game {
  /** The data field that the sampler imitates. */
  readonly field: string;
  readonly batch: number;
  readonly players: readonly AnyPlayer[];
  readonly average?: Average;
  /** What the discriminator says of items [n, …], where one number an item is all that it says. */
  readonly judge?: (items: Tensor, call: Turn["call"]) => Tensor;
  readonly sampler: Sampler;
}

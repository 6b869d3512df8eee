import type { Tensor } from "../engine/ir/tensor.ts";
import type { Shape } from "../engine/ir/type.ts";
import type { Scheduled } from "./schedule.ts";
import type { Initialiser } from "./variables.ts";

/** A state tensor to be kept. */
export interface Slot {
  readonly shape: Shape;
  readonly init: Initialiser;
}

export type Tensors = Readonly<Record<string, Tensor>>;

export interface UpdateInput {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** This parameter's own state. */
  readonly slots: Tensors;
  /** State common to all parameters, already advanced to this update. */
  readonly shared: Tensors;
  /** The values of `schedules` at this step, scalars. */
  readonly hyper: Tensors;
}

/**
 * An optimiser as pure functions over traced tensors: it owns no variable, so checkpoints and the
 * loop never learn its name.
 */
export interface Optimiser {
  readonly id: string;
  /** Hyper-parameters that are fed at each step; `rate` is the learning rate. */
  readonly schedules: Readonly<Record<string, Scheduled>> & { readonly rate: Scheduled };
  /** State per parameter of a shape. */
  slots(shape: Shape): Readonly<Record<string, Slot>>;
  /** State kept once, such as bias corrections. */
  readonly shared?: Readonly<Record<string, Slot>>;
  /** The shared state of the next update. */
  advance?(shared: Tensors, hyper: Tensors): Tensors;
  update(step: UpdateInput): { readonly parameter: Tensor; readonly slots: Tensors };
}

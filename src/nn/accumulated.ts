import type { Tensor } from "../engine/ir/tensor.ts";
import { add, greaterEqual, mul, select } from "../engine/ops/index.ts";
import { zeros } from "./initialisers.ts";
import type { Optimiser, Tensors } from "./optimiser.ts";

/** Names of what the accumulation itself keeps; no optimiser's own begin so. */
const [gathered, moves] = ["accumulated.gradient", "accumulated.moves"];

const mapped = (values: Tensors, of: (value: Tensor, name: string) => Tensor): Tensors =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, of(value, name)]));

const without = (values: Tensors, name: string): Tensors =>
  Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));

/**
 * `optimiser`, moved by the mean gradient of `every` moves and standing still between: batches that do
 * not fit into memory at once. Rates are those of the last of the moves. State: the sum of gradients
 * beside the optimiser's own, and the moves so far. A player and its opponent accumulate apart: give
 * both the same number to keep their balance. Of one move it is the optimiser itself. Brock, Donahue, Simonyan 2019, arXiv:1809.11096, code.
 */
export function accumulated(optimiser: Optimiser, every: number): Optimiser {
  if (every === 1) return optimiser;
  const due = (shared: Tensors) => greaterEqual(shared[moves]!, every - 0.5);
  const shared = optimiser.shared ?? {};
  return {
    id: `accumulated-${optimiser.id}`,
    schedules: optimiser.schedules,
    slots: (shape) => ({ ...optimiser.slots(shape), [gathered]: { shape, init: zeros } }),
    shared: { ...shared, [moves]: { shape: [], init: zeros } },
    advance(before, hyper) {
      const old = before[moves]!;
      // The count that was full is begun again.
      const count = select(greaterEqual(old, every - 0.5), 1, add(old, 1));
      const now = { ...before, [moves]: count };
      const own = without(before, moves);
      const next = optimiser.advance?.(own, hyper) ?? own;
      return {
        ...mapped(next, (value, name) => select(due(now), value, own[name]!)),
        [moves]: count,
      };
    },
    update({ parameter, gradient, slots, shared: kept, hyper }) {
      const moving = due(kept);
      const sum = add(slots[gathered]!, mul(gradient, 1 / every));
      const own = without(slots, gathered);
      const given = { slots: own, shared: without(kept, moves), hyper };
      const after = optimiser.update({ parameter, gradient: sum, ...given });
      return {
        parameter: select(moving, after.parameter, parameter),
        slots: {
          ...mapped(after.slots, (value, name) => select(moving, value, own[name]!)),
          [gathered]: select(moving, 0, sum),
        },
      };
    },
  };
}

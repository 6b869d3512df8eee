import { input } from "../src/engine/ir/leaves.ts";
import { evaluate } from "../src/engine/reference/evaluate.ts";
import type { NdArray } from "../src/engine/reference/ndarray.ts";
import type { Optimiser, Slot, Tensors } from "../src/nn/optimiser.ts";
import { toSchedule } from "../src/nn/schedule.ts";
import { array } from "./layers.ts";

/** The gradients that every optimiser is fed: of two elements, five steps, one of them all zero. */
export const gradients = [
  [0.5, -2],
  [-1, 0.25],
  [0, 0],
  [3, 1e-3],
  [0.1, -0.7],
];
export const start = [1, -0.5];

/** One element's parameter after each step by a float64 formula of the test. */
export const byHand = (update: (p: number, g: number, t: number) => number, element: number) => {
  let p = start[element]!;
  return gradients.map((g, i) => (p = update(p, g[element]!, i + 1)));
};

/** The parameter after each step, through the reference interpreter. */
export function trajectory(optimiser: Optimiser): number[][] {
  const shape = [2];
  let slots = firstValues(optimiser.slots(shape));
  let shared = firstValues(optimiser.shared ?? {});
  let parameter = array(shape, start);
  return gradients.map((g, step) => {
    const hyper = Object.entries(optimiser.schedules).map(
      ([name, s]) => [name, array([], [toSchedule(s)({ step, images: 0 })])] as const,
    );
    const fed = { hyper: Object.fromEntries(hyper), slots, shared };
    const traced = update(optimiser, fed);
    const feeds = {
      parameter,
      gradient: array(shape, g),
      ...Object.fromEntries(
        Object.entries(fed).flatMap(([kind, values]) =>
          Object.entries(values).map(([name, value]) => [`${kind}.${name}`, value]),
        ),
      ),
    };
    [parameter, slots, shared] = [
      evaluate([traced.parameter], feeds)[0]!,
      evaluated(traced.slots, feeds),
      evaluated(traced.shared, feeds),
    ];
    return [...parameter.data];
  });
}

type Arrays = Readonly<Record<string, NdArray>>;

const firstValues = (slots: Readonly<Record<string, Slot>>): Arrays =>
  Object.fromEntries(
    Object.entries(slots).map(([name, { shape, init }]) => [
      name,
      array(shape, init(undefined as never, shape)),
    ]),
  );

const evaluated = (tensors: Tensors, feeds: Arrays): Arrays =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, evaluate([t], feeds)[0]!]));

function update(optimiser: Optimiser, fed: Readonly<Record<string, Arrays>>) {
  const leaves = (kind: string): Tensors =>
    Object.fromEntries(
      Object.entries(fed[kind]!).map(([k, v]) => [k, input(`${kind}.${k}`, v.shape)]),
    );
  const hyper = leaves("hyper");
  const shared = optimiser.advance?.(leaves("shared"), hyper) ?? leaves("shared");
  const next = optimiser.update({
    parameter: input("parameter", [2]),
    gradient: input("gradient", [2]),
    slots: leaves("slots"),
    shared,
    hyper,
  });
  return { ...next, shared };
}

/** Largest difference between the optimiser and a formula that is made anew for each element. */
export function disagreement(
  optimiser: Optimiser,
  formula: () => (p: number, g: number, t: number) => number,
): number {
  const got = trajectory(optimiser);
  const wanted = [0, 1].map((element) => byHand(formula(), element));
  return Math.max(...got.flatMap((p, i) => p.map((v, e) => Math.abs(v - wanted[e]![i]!))));
}

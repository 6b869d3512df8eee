import { describe, expect, test } from "vitest";
import { evaluate } from "../../src/engine/reference/evaluate.ts";
import type { Duel } from "../../src/gan/duel.ts";
import type { Term } from "../../src/gan/game.ts";
import { catalog } from "../../src/gan/penalties/_catalog.ts";
import type { Penalty } from "../../src/gan/penalties/penalty.ts";
import type { Tensors } from "../../src/nn/optimiser.ts";
import { type TracedDuel, tinyDuel } from "../duel.ts";
import { claimsOf, gradientError } from "../gradients.ts";

/** The term on a duel, its state being variables of their own as in a real step. */
function applied(term: Term<Duel>, { duel, trace }: TracedDuel) {
  const slots = Object.entries(term.state?.(duel) ?? {});
  const state: Tensors = Object.fromEntries(
    slots.map(([name, { shape, init }]) => [
      name,
      trace.variable("state", `term.${name}`, shape, init).read(),
    ]),
  );
  return term.apply(duel, state);
}

const image = [1, 4, 4];

/** Every penalty of the catalogue, on all items that it is for: adding one adds its tests. */
describe.each(Object.entries<Penalty>(catalog))("%s", (id, make) => {
  const shapes = make.items === "image" ? [image] : [[2], image];
  const smallest = shapes[0]!;

  test("its id is its file's name, and its numbers have meanings", () => {
    const term = make({});
    expect(term.id).toBe(id);
    const { meaning, readings = {} } = applied(term, tinyDuel(smallest));
    expect(meaning).toBeTruthy();
    for (const reading of Object.values(readings)) expect(reading.meaning).toBeTruthy();
  });

  test.each(shapes)("is a finite number, at least 0, on items of %j and onwards", (...item) => {
    const tiny = tinyDuel(item);
    const { loss } = applied(make({}), tiny);
    expect(loss.shape).toEqual([]);
    const [value] = evaluate([loss], tiny.feeds());
    expect(value!.data[0]).toBeGreaterThanOrEqual(0);
    expect(value!.data[0]).toBeLessThan(1e6);
  });

  test("its gradients match central differences, twice", () => {
    const tiny = tinyDuel(smallest);
    const { loss } = applied(make({}), tiny);
    const by = [...tiny.parameters("trunk"), ...tiny.parameters("d")];
    expect(gradientError({ claims: claimsOf(loss, by), feeds: tiny.feeds(3) }, 3)).toBeLessThan(
      2e-6,
    );
  });

  test("its weight multiplies it", () => {
    const value = (weight: number) => {
      const tiny = tinyDuel(smallest);
      const { loss } = applied(make({ weight }), tiny);
      return evaluate([loss], tiny.feeds())[0]!.data[0]!;
    };
    expect(value(6)).toBeCloseTo(3 * value(2), 10);
  });
});

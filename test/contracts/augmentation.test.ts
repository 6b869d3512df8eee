import { describe, expect, test } from "vitest";
import { GanymedeError } from "../../src/core/errors.ts";
import { constant, input } from "../../src/engine/ir/leaves.ts";
import { mul, sum } from "../../src/engine/ops/index.ts";
import { evaluate } from "../../src/engine/reference/evaluate.ts";
import { catalog } from "../../src/gan/augmentation/_catalog.ts";
import type { AugmentationMaker } from "../../src/gan/augmentation/augmentation.ts";
import { claimsOf, gradientError } from "../gradients.ts";
import { apply, array, noise } from "../layers.ts";

/** Both sides as `make` shows them, where what it keeps is one half, images small as in practice. */
function shown(make: AugmentationMaker, item: readonly number[], seed = 1) {
  const shape = [3, ...item];
  const sides = { real: input("x", shape), fake: input("y", shape) };
  const out = { real: sides.real, fake: sides.fake };
  const { feeds, trace, variables } = apply(
    (scope) => Object.assign(out, make().show(sides, scope)).real,
    { seed },
  );
  const small = (at: number) => {
    const { data } = noise(shape, at);
    return array(
      shape,
      data.map((v) => 0.25 * v),
    );
  };
  const halves = Object.fromEntries(
    variables.all().map(({ name, shape: s }) => [name, array(s, [0.5])]),
  );
  return { sides, out, trace, feeds: { ...feeds, ...halves, x: small(5), y: small(6) } };
}

/** Every augmentation of the catalogue: adding one adds its tests. */
describe.each(Object.entries<AugmentationMaker>(catalog))("%s", (id, make) => {
  test("its id is its file's name", () => expect(make().id).toBe(id));

  test.each([
    [1, 4, 6],
    [3, 6, 5],
    [4, 5, 5],
  ])("shows as many images of one shape, finite and changed by chance: %i %i %i", (...item) => {
    const once = shown(make, item, 1);
    const again = shown(make, item, 2);
    const values = (at: typeof once) => evaluate([at.out.real, at.out.fake], at.feeds);
    const [real, fake] = values(once);
    expect(real!.shape).toEqual([3, ...item]);
    expect(fake!.shape).toEqual([3, ...item]);
    expect([...real!.data, ...fake!.data].every(Number.isFinite)).toBe(true);
    expect([...real!.data]).not.toEqual([...values(again)[0]!.data]);
  });

  test("gradients of the fakes match central differences, twice", () => {
    const { out, sides, feeds } = shown(make, [3, 5, 4]);
    const weights = constant(noise(out.fake.shape, 9).data, out.fake.shape);
    const loss = sum(mul(mul(out.fake, out.fake), weights));
    const claims = claimsOf(loss, [sides.fake]);
    expect(gradientError({ claims, feeds }, 3)).toBeLessThan(2e-6);
  });

  test("points are changed, or refused in words", () => {
    try {
      const { out } = shown(make, [2]);
      expect(out.real.shape).toEqual([3, 2]);
    } catch (error) {
      expect(error).toBeInstanceOf(GanymedeError);
      expect((error as GanymedeError).code).toBe("ITEMS");
    }
  });
});

import { describe, expect, test } from "vitest";
import { grad } from "../../src/engine/autodiff/grad.ts";
import { input } from "../../src/engine/ir/leaves.ts";
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import { reshape } from "../../src/engine/ops/index.ts";
import { evaluate } from "../../src/engine/reference/evaluate.ts";
import type { Duel } from "../../src/gan/duel.ts";
import { catalog } from "../../src/gan/losses/_catalog.ts";
import type { AdversarialLoss } from "../../src/gan/losses/loss.ts";
import { claimsOf, gradientError, type Values } from "../gradients.ts";
import { array, noise } from "../layers.ts";

const n = 4;
const logits = { real: input("real", [n]), fake: input("fake", [n]) };

/** Items of two values each, so that losses that compare items have some. */
const items = { real: input("x", [n, 2]), fake: input("y", [n, 2]) };
const duel = {
  ...items,
  logits,
  discriminate: (x: Tensor) => reshape(x, { shape: [-1] }),
} as unknown as Duel;

const sidesOf = (loss: AdversarialLoss) => [
  loss.discriminator(logits, duel),
  loss.generator(logits, duel),
];

const feeds = (at: { real: Values[string]; fake: Values[string] }): Values => ({
  ...at,
  x: noise([n, 2], 5),
  y: noise([n, 2], 6),
});

/** Every loss of the catalogue: adding one adds its tests. */
describe.each(Object.entries(catalog))("%s", (id, make) => {
  const loss = make();

  test("its id is its file's name and both sides have a meaning", () => {
    expect(loss.id).toBe(id);
    expect(loss.meaning.discriminator).toBeTruthy();
    expect(loss.meaning.generator).toBeTruthy();
  });

  test.each([3, 17])("gradients match central differences, twice (seed %i)", (seed) => {
    const at = feeds({ real: noise([n], seed), fake: noise([n], seed + 1) });
    for (const side of sidesOf(loss)) {
      expect(side.shape).toEqual([]);
      const claims = claimsOf(side, [logits.real, logits.fake]);
      expect(gradientError({ claims, feeds: at }, seed)).toBeLessThan(1e-6);
    }
  });

  // Exponential losses are as large as they say: only those that claim to be bounded stay finite.
  test.each([30, -30])("values and gradients are finite where logits are %i", (at) => {
    const real = array([n], [at, at, at, at]);
    const fake = array([n], [-at, -at, -at, -at]);
    for (const side of sidesOf(loss)) {
      const all = [side, ...grad(side, [logits.real, logits.fake])];
      for (const { data } of evaluate(all, feeds({ real, fake }))) {
        expect(Array.from(data).every(Number.isFinite)).toBe(true);
      }
    }
  });

  test("the discriminator raises data over fakes; the generator wants its fakes' scores moved", () => {
    const at = feeds({ real: noise([n], 1), fake: noise([n], 2) });
    const [d, g] = sidesOf(loss) as [Tensor, Tensor];
    const [real, fake] = evaluate(grad(d, [logits.real, logits.fake]), at);
    const [moved] = evaluate(grad(g, [logits.fake]), at);
    const total = ({ data }: { data: ArrayLike<number> }) =>
      Array.from(data).reduce((a, b) => a + b, 0);
    expect(total(real!) * total(fake!)).toBeLessThanOrEqual(0);
    expect(total(moved!)).not.toBe(0);
  });
});

import { describe, expect, test } from "vitest";
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import { evaluate } from "../../src/engine/reference/evaluate.ts";
import type { ConditioningMaker } from "../../src/gan/condition.ts";
import { catalog } from "../../src/gan/conditioning/_catalog.ts";
import { nonSaturating } from "../../src/gan/losses/non-saturating.ts";
import { spectralNorm } from "../../src/nn/spectral-norm.ts";
import { tinyClasses, tinyDuel } from "../duel.ts";
import { claimsOf, gradientError } from "../gradients.ts";

const classes = tinyClasses.length;

/** All that either side minimises: the loss, the condition's own where it has one, and its terms. */
function sides(make: ConditioningMaker, options = {}) {
  const by = make({ classes, ...options });
  const tiny = tinyDuel([2], 4, by);
  const { duel } = tiny;
  const loss = by.instead?.loss ?? nonSaturating();
  const terms = (side: "discriminator" | "generator"): Tensor[] =>
    (by.terms?.[side] ?? []).map((term) => term.apply(duel, {}).loss);
  return {
    by,
    tiny,
    discriminator: [loss.discriminator(duel.logits, duel), ...terms("discriminator")],
    generator: [loss.generator(duel.logits, duel), ...terms("generator")],
  };
}

/** Every conditioning of the catalogue: adding one adds its tests. */
describe.each(Object.entries<ConditioningMaker>(catalog))("%s", (id, make) => {
  test("its id is its file's name", () => expect(make({ classes }).id).toBe(id));

  test("both sides are finite numbers, with spectral norm as well", () => {
    for (const options of [{}, { weightTransform: spectralNorm() }]) {
      const { discriminator, generator, tiny } = sides(make, options);
      for (const { data, shape } of evaluate([...discriminator, ...generator], tiny.feeds())) {
        expect(shape).toEqual([]);
        expect(Number.isFinite(data[0])).toBe(true);
      }
    }
  });

  test("gradients match central differences, twice", () => {
    const { discriminator, generator, tiny } = sides(make);
    const moved = tiny.variables.all().map((v) => tiny.trace.read(v.name));
    for (const side of [...discriminator, ...generator]) {
      const claims = claimsOf(side, moved);
      expect(gradientError({ claims, feeds: tiny.feeds(3) }, 3)).toBeLessThan(2e-6);
    }
  });

  test("what the discriminator wants depends on the classes", () => {
    const { discriminator, tiny } = sides(make);
    const feeds = tiny.feeds(3);
    const label = feeds["batch.label"]!;
    const turned = { ...label, data: label.data.map((c) => (c + 1) % classes) };
    const total = (at: typeof feeds) =>
      evaluate(discriminator, at).reduce((sum, { data }) => sum + data[0]!, 0);
    expect(total({ ...feeds, "batch.label": turned })).not.toBeCloseTo(total(feeds), 6);
  });
});

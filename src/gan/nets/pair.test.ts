import { describe, expect, test } from "vitest";
import { apply } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { tanh } from "../../nn/activations.ts";
import { normalisations } from "../normalisation.ts";
import { netPair, type PairShape } from "./pair.ts";

/** Shapes of what the nets make, and names of all that they keep. */
function traced(shape: PairShape) {
  const { generator, discriminator } = netPair(shape);
  const items = apply((scope) => generator(input("z", [3, 2]), scope));
  const scores = apply((scope) => discriminator(input("x", [3, ...shape.item]), scope));
  const names = ({ variables }: typeof items) => variables.all().map((v) => v.name);
  return {
    items: items.y.shape,
    scores: scores.y.shape,
    generator: names(items),
    discriminator: names(scores),
  };
}

describe("netPair", () => {
  test("points: dense nets of the depth and width asked for, with no norm", () => {
    const made = traced({ item: [2], width: 5, depth: 3 });
    expect(made.items).toEqual([3, 2]);
    expect(made.scores).toEqual([3]);
    const layers = ["hidden0", "hidden1", "hidden2", "out"];
    const expected = layers.flatMap((l) => [`net.${l}.weight`, `net.${l}.bias`]).sort();
    expect([...made.generator].sort()).toEqual(expected);
    expect([...made.discriminator].sort()).toEqual(expected);
  });

  test("images: convolutions; batch norm in the generator alone", () => {
    const made = traced({ item: [1, 8, 8], width: 4 });
    expect(made.items).toEqual([3, 1, 8, 8]);
    expect(made.scores).toEqual([3]);
    expect(made.generator.some((n) => n.includes("norm"))).toBe(true);
    expect(made.discriminator.some((n) => n.includes("norm"))).toBe(false);
  });

  test("norms are each net's own choice", () => {
    const { none, layer, spectral } = normalisations;
    const image = { item: [1, 16, 16], width: 4 };
    const layered = traced({ ...image, generatorNorm: none, discriminatorNorm: layer });
    expect(layered.generator.some((n) => n.includes("norm"))).toBe(false);
    expect(layered.discriminator.filter((n) => /norm1\.weight/.test(n))).toHaveLength(1);
    const held = traced({ item: [2], width: 4, discriminatorNorm: spectral });
    expect(held.discriminator.length).toBeGreaterThan(held.generator.length);
  });

  test("the activation is that of both nets' hidden layers", () => {
    const records = (activation: PairShape["activation"]) => {
      const { generator, discriminator } = netPair({ item: [2], width: 4, activation });
      return [generator, discriminator].map((net) => {
        const { y } = apply((scope) => net(input("x", [3, 2]), scope));
        const seen = new Set<string>();
        const walk = (t: typeof y): void => {
          seen.add(t.record.name);
          t.inputs.forEach(walk);
        };
        walk(y);
        return seen;
      });
    };
    for (const seen of records(tanh)) expect(seen.has("tanh")).toBe(true);
    const [g, d] = records(undefined);
    expect(g!.has("relu")).toBe(true);
    expect(d!.has("leakyRelu")).toBe(true);
  });
});

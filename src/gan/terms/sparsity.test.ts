import { describe, expect, test } from "vitest";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { apply, array, noise } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { dcganGenerator, dcganGeneratorMaps } from "../nets/dcgan.ts";
import { inAtomLengths, sparsity } from "./sparsity.ts";

test("the mean size over layers and values, and the share that is not 0, by hand", () => {
  const [a, b] = [input("a", [2, 2]), input("b", [1])];
  const said = sparsity<readonly Tensor[]>({ weight: 0.5, of: (all) => all }).apply([a, b], {});
  const feeds = { a: array([2, 2], [0, -1, 3, 0]), b: array([1], [5]) };
  const [loss, active] = evaluate([said.loss, said.readings!["g.active"]!.value], feeds);
  expect(loss!.data[0]).toBeCloseTo(0.5 * ((1 + 5) / 2), 12);
  expect(active!.data[0]).toBeCloseTo((0.5 + 1) / 2, 12);
});

test("its gradient is right", () => {
  const a = input("a", [3, 4]);
  const { loss } = sparsity<Tensor>({ of: (one) => [one] }).apply(a, {});
  const feeds = { a: noise([3, 4], 2) };
  expect(gradientError({ claims: claimsOf(loss, [a]), feeds }, 1)).toBeLessThan(1e-6);
});

describe("codes in the lengths of their atoms", () => {
  const [code, atoms] = [input("code", [1, 2, 1, 2]), input("atoms", [1, 2, 1, 2])];
  const measured = inAtomLengths(code, atoms);

  test("each channel times its atom's length, by hand", () => {
    const feeds = {
      code: array([1, 2, 1, 2], [1, 2, 3, 0]),
      atoms: array([1, 2, 1, 2], [3, 4, 0, -2]),
    };
    const [found] = evaluate([measured], feeds);
    [5, 10, 6, 0].forEach((v, i) => {
      expect(found!.data[i]).toBeCloseTo(v, 6);
    });
  });

  test("codes that fall as their atoms grow are as large", () => {
    const [small, large] = [noise([1, 2, 1, 2], 1), noise([1, 2, 1, 2], 2)];
    const scaled = (a: typeof small, by: number) => ({ ...a, data: a.data.map((v) => v * by) });
    const of = (feeds: Record<string, typeof small>) => evaluate([measured], feeds)[0]!.data;
    const [one, other] = [
      of({ code: small, atoms: large }),
      of({ code: scaled(small, 0.5), atoms: scaled(large, 2) }),
    ];
    one!.forEach((v, i) => {
      expect(other![i]).toBeCloseTo(v, 9);
    });
  });

  test("its gradient is right, in both", () => {
    const { loss } = sparsity<Tensor>({ of: (one) => [one] }).apply(measured, {});
    const feeds = { code: noise([1, 2, 1, 2], 3), atoms: noise([1, 2, 1, 2], 4) };
    expect(gradientError({ claims: claimsOf(loss, [code, atoms]), feeds }, 1)).toBeLessThan(1e-6);
  });
});

test("the maps of a generator end in its images, under the same parameters", () => {
  const shape = { image: [1, 16, 16], width: 2 };
  const whole = apply((s) => dcganGenerator(shape)(input("z", [2, 3]), s));
  const parts = apply((s) => dcganGeneratorMaps(shape)(input("z", [2, 3]), s).at(-1)!);
  const names = (of: typeof whole) => of.variables.all().map((v) => v.name);
  expect(names(parts)).toEqual(names(whole));
  const z = noise([2, 3], 5);
  const [a, b] = [whole, parts].map(({ y, feeds }) => evaluate([y], { ...feeds, z })[0]!.data);
  expect(b).toEqual(a);
});

import { expect, test } from "vitest";
import { claimsOf, gradientError } from "../../test/gradients.ts";
import { apply, array } from "../../test/layers.ts";
import { constant, input } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { mlpGenerator } from "./nets/mlp.ts";
import { groupsOf, parents, parseOntology, saidAt } from "./ontology.ts";
import { surpriseWhereTold, toldOf, withOntology } from "./ontology-condition.ts";

const classes = ["oak", "fir", "carp", "pike", "dog"];
const ontology = parseOntology(
  "plant = 0 1, animal = 2 3 4; tree = 0 1, fish = 2 3, mammal = 4",
  classes,
);

test("nodes are the classes and then the groups of each level", () => {
  expect(groupsOf(ontology)).toEqual(["plant", "animal", "tree", "fish", "mammal"]);
  // oak fir carp pike dog | plant animal | tree fish mammal
  expect([...saidAt(ontology, 0)]).toEqual([0, 0, 1, 1, 1, 0, 1, 0, 1, 1]);
  expect([...saidAt(ontology, 1)]).toEqual([0, 0, 1, 1, 2, 3, 3, 0, 1, 2]);
  expect([...saidAt(ontology, 2)]).toEqual([0, 1, 2, 3, 4, 5, 5, 5, 5, 5]);
  expect([...parents(ontology)]).toEqual([7, 7, 8, 8, 9, 5, 6, 5, 6, 6]);
});

test.each([
  ["a = 0 1, b = 2 3", /class 4/],
  ["a = 0 1 2, b = 2 3 4", /once/],
  ["a = 0 1 9, b = 2 3 4", /once/],
  ["a = 0 1, b = 2 3 4; c = 0 2, d = 1 3 4", /within one group/],
])("%s is refused", (text, why) => {
  expect(() => parseOntology(text, classes)).toThrow(/OPTION/);
  expect(() => parseOntology(text, classes)).toThrow(why);
});

test("one fake in two is told its group, whichever the spare numbers choose", () => {
  const codes = constant([9, 1, 0, 9, 0, 1], [2, 3]);
  const label = constant(Int32Array.of(2, 4), [2], "i32");
  const told = toldOf({ ontology, untold: 2 }, codes, label);
  expect([...evaluate([told], {})[0]!.data]).toEqual([8, 4]);
  expect(toldOf({ ontology, untold: 0 }, codes, label)).toBe(label);
});

test("surprise counts only items that were told; its gradient is right", () => {
  const logits = input("l", [3, 2]);
  const said = constant(Int32Array.of(1, 2, 0), [3], "i32");
  const loss = surpriseWhereTold(logits, said);
  const feeds = { l: array([3, 2], [0, 1, 50, -50, 2, 0]) };
  const by = (gap: number) => Math.log(1 + Math.exp(-gap));
  expect(evaluate([loss], feeds)[0]!.data[0]).toBeCloseTo((by(1) + by(2)) / 2, 12);
  expect(gradientError({ claims: claimsOf(loss, [logits]), feeds }, 1)).toBeLessThan(1e-6);
  const none = surpriseWhereTold(logits, constant(Int32Array.of(2, 2, 2), [3], "i32"));
  expect(evaluate([none], feeds)[0]!.data[0]).toBeCloseTo(0, 12);
});

test("a trained generator makes a group what training makes a fake that is told it alone", () => {
  const net = withOntology(mlpGenerator({ item: [2], hidden: [4] }), { ontology, untold: 2 }, 3);
  const z = input("z", [1, 4]);
  const made = (label: number, training: boolean, codes: readonly number[]) => {
    const asked = { z, label: constant(Int32Array.of(label), [1], "i32") as Tensor };
    const { y, feeds } = apply((s) => net(asked, s), { training });
    return [...evaluate([y], { ...feeds, z: array([1, 4], codes) })[0]!.data];
  };
  const [chosen, passed] = [[1, 2, 5, 0] as const, [1, 2, 0, 5] as const];
  expect(made(2, true, chosen)).toEqual(made(8, false, chosen));
  expect(made(2, true, passed)).toEqual(made(2, false, passed));
  expect(made(2, true, passed)).not.toEqual(made(2, true, chosen));
});

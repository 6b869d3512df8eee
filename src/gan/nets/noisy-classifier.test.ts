import { expect, test } from "vitest";
import { apply, noise, resultOf } from "../../../test/layers.ts";
import { input } from "../../engine/ir/leaves.ts";
import { type Layer, sequential } from "../../nn/module.ts";
import { noisyClassifier } from "./noisy-classifier.ts";

const { trunk, head } = noisyClassifier({ width: 6, classes: 3 });
const whole: Layer = sequential({ trunk, head });
const x = noise([4, 1, 3, 3]);

test("items of any shape become features, and those class logits", () => {
  expect(resultOf(trunk, x).shape).toEqual([4, 6]);
  expect(resultOf(whole, x).shape).toEqual([4, 3]);
});

test("three hidden layers, the first twice as wide; only the logits' lengths are learnt", () => {
  const { variables } = apply((scope) => whole(input("x", [4, 1, 3, 3]), scope));
  const weights = variables.all().filter(({ name }) => !name.endsWith(".bias"));
  expect(weights.map(({ name, shape }) => [name, shape])).toEqual([
    ["net.trunk.hidden0.weight", [12, 9]],
    ["net.trunk.hidden1.weight", [6, 12]],
    ["net.trunk.hidden2.weight", [6, 6]],
    ["net.head.classes.weight", [3, 6]],
    ["net.head.classes.length", [3]],
  ]);
});

test("there is noise in training and none in use", () => {
  const training = (seed: number) => resultOf(trunk, x, { seed, training: true }).data;
  const use = () => resultOf(trunk, x, { training: false }).data;
  expect(use()).toEqual(use());
  expect(training(1)).not.toEqual(use());
});

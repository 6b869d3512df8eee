import { expect, test } from "vitest";
import { apply, array, noise, resultOf } from "../../../test/layers.ts";
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
  const weights = variables.all().filter(({ name }) => /weight|gain/.test(name));
  expect(weights.map(({ name, shape }) => [name, shape])).toEqual([
    ["net.trunk.hidden0.weight", [12, 9]],
    ["net.trunk.hidden1.weight", [6, 12]],
    ["net.trunk.hidden2.weight", [6, 6]],
    ["net.head.classes.weight", [3, 6]],
    ["net.head.classes.gain", [3]],
  ]);
});

test("there is noise in training and none in use", () => {
  const training = (seed: number) => resultOf(trunk, x, { seed, training: true }).data;
  const use = () => resultOf(trunk, x, { training: false }).data;
  expect(use()).toEqual(use());
  expect(training(1)).not.toEqual(use());
});

test("images are shifted in training alone, with nothing coming in from outside", () => {
  const [quiet, side] = [{ width: 6, classes: 3, itemNoise: 0, noise: 0 }, 8];
  const image = array([40, 1, side, side], new Float64Array(40 * side * side).fill(1));
  const [still, shifted] = [0, 1 / 8].map((shift) => noisyClassifier({ ...quiet, shift }).trunk);
  const use = (layer: Layer) => resultOf(layer, image, { training: false }).data;
  expect(use(shifted!)).toEqual(use(still!));
  const rows = ({ data }: { data: ArrayLike<number> }) =>
    new Set(
      Array.from({ length: 40 }, (_, i) =>
        Array.from(data)
          .slice(6 * i, 6 * i + 6)
          .join(),
      ),
    );
  expect(rows(resultOf(still!, image)).size).toBe(1);
  // Nine shifts of at most a pixel each way.
  const seen = rows(resultOf(shifted!, image)).size;
  expect(seen).toBeGreaterThan(4);
  expect(seen).toBeLessThanOrEqual(9);
});

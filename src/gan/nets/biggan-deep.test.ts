import { expect, test } from "vitest";
import { apply, noise } from "../../../test/layers.ts";
import { constant, input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { bigganDeepFeatures, bigganDeepGenerator } from "./biggan-deep.ts";

const shape = { image: [1, 16, 16], width: 1, classes: 3, shared: 2 };
const label = constant(Int32Array.of(0, 2), [2], "i32");
const z = input("z", [2, 3]);

const generator = (depth?: number) =>
  apply((s) => bigganDeepGenerator(shape, depth)({ z, label }, s));

test("with two blocks a map there is a plain one before each that doubles", () => {
  const [one, two] = [generator(), generator(2)];
  const convolutions = ({ variables }: typeof one) =>
    variables.all().filter(({ name }) => /conv2\.weight$/.test(name));
  expect(convolutions(one).map((v) => v.name)).toEqual([
    "net.up0.body.conv2.weight",
    "net.up1.body.conv2.weight",
  ]);
  expect(convolutions(two).map((v) => v.name)).toEqual([
    "net.up0.plain0.body.conv2.weight",
    "net.up0.last.body.conv2.weight",
    "net.up1.plain0.body.conv2.weight",
    "net.up1.last.body.conv2.weight",
  ]);
  const [image] = evaluate([two.y], { ...two.feeds, z: noise([2, 3]) });
  expect(image!.shape).toEqual([2, 1, 16, 16]);
  expect(image!.data.every(Number.isFinite)).toBe(true);
});

test("so has the discriminator, after each that halves", () => {
  const x = input("x", [2, 1, 16, 16]);
  const blocks = (depth?: number) =>
    apply((s) => bigganDeepFeatures(shape, depth)(x, s))
      .variables.all()
      .filter(({ name }) => /conv2\.weight$/.test(name)).length;
  expect(blocks(3)).toBe(blocks() + 2);
});

import { expect, test } from "vitest";
import { apply, noise } from "../../test/layers.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { input } from "../engine/ir/leaves.ts";
import { sum } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { frozen } from "./frozen.ts";
import { linear } from "./linear.ts";
import { sequential } from "./module.ts";

const net = sequential({ first: linear(3), second: linear(2) });
const x = input("x", [4, 3]);

test("held parts pass gradients on and get none; the rest learns; values are the same", () => {
  const held = apply((scope) => frozen(net, ["first"])(x, scope));
  const plain = apply((scope) => net(x, scope));
  const feeds = { ...held.feeds, x: noise([4, 3]) };
  const [a, b] = evaluate([held.y, plain.y], feeds);
  expect(a).toEqual(b);
  const names = held.variables.all().map((v) => v.name);
  const slopes = evaluate(grad(sum(held.y), [...held.parameters, x]), feeds);
  const moves = slopes.map(({ data }) => data.some((v) => v !== 0));
  expect(Object.fromEntries(names.map((name, i) => [name, moves[i]]))).toEqual({
    "net.first.weight": false,
    "net.first.bias": false,
    "net.second.weight": true,
    "net.second.bias": true,
  });
  expect(moves.at(-1)).toBe(true);
});

test("a part that the net has not is named", () => {
  expect(() => apply((scope) => frozen(net, ["first", "third"])(x, scope))).toThrow(/third/);
});

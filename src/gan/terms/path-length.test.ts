import { expect, test } from "vitest";
import { tinyDuel } from "../../../test/duel.ts";
import { claimsOf, gradientError } from "../../../test/gradients.ts";
import { array } from "../../../test/layers.ts";
import { constant, input } from "../../engine/ir/leaves.ts";
import { matmul } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { pathLength, pathLengths } from "./path-length.ts";

test("of a linear generator it is ‖Ay‖", () => {
  const codes = input("z", [2, 2]);
  const made = matmul(codes, constant([1, 2, 0, 1, 0, 3], [2, 3]));
  const noise = constant([1, 0, 2, 1, 1, 0], [2, 3]);
  const [lengths] = evaluate([pathLengths({ codes, made }, noise)], {
    z: array([2, 2], [5, 6, 7, 8]),
  });
  // A = [1 2 0; 1 0 3]: A(1,0,2) = (1, 7), A(1,1,0) = (3, 1).
  expect(lengths!.data[0]).toBeCloseTo(Math.sqrt(50), 9);
  expect(lengths!.data[1]).toBeCloseTo(Math.sqrt(10), 9);
});

test("the running mean follows, and gradients match differences", () => {
  const tiny = tinyDuel([1, 2, 2]);
  const mean = input("mean", []);
  const said = pathLength({ follow: 0.25 }).apply(tiny.duel, { mean });
  const feeds = { ...tiny.feeds(2), mean: array([], [0.5]) };
  const [now, next] = evaluate([said.readings!["g.path"]!.value, said.state!.mean!], feeds);
  expect(next!.data[0]).toBeCloseTo(0.5 + 0.25 * (now!.data[0]! - 0.5), 12);
  // By the running mean, which is data, the loss does not move.
  const fixed = pathLength({ follow: 0 }).apply(tiny.duel, { mean });
  const claims = claimsOf(fixed.loss, tiny.parameters("g"));
  expect(gradientError({ claims, feeds: { ...feeds, mean: array([], [0.5]) } }, 3)).toBeLessThan(
    2e-6,
  );
});

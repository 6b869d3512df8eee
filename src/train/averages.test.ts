import { expect, test } from "vitest";
import { array } from "../../test/layers.ts";
import { constant, input } from "../engine/ir/leaves.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import type { Game, Turn } from "../gan/game.ts";
import { linear } from "../nn/linear.ts";
import { module } from "../nn/module.ts";
import { spectralNorm } from "../nn/spectral-norm.ts";
import { Trace } from "../nn/trace.ts";
import { Variables } from "../nn/variables.ts";
import { followAverages } from "./averages.ts";

test("weights of an averaged net are means over ticks, directions of its spectral norm the latest", () => {
  const net = module("g", linear(2, { bias: false, weightTransform: spectralNorm() }));
  const variables = new Variables();
  const trace = new Trace(variables, { training: true });
  net.net(input("x", [1, 2]), trace.scope(net.name));
  const game: Pick<Game, "average" | "players"> = {
    players: [],
    average: { of: [net], decay: () => 0.75 },
  };
  const turn = { scalar: () => constant([0.75], []) } as unknown as Turn;
  followAverages(game as Game, new Set(["g"]), { variables, trace, turn });
  const written = trace.written();
  const names = ["g.u", "average.g.u", "average.g.v", "average.g.weight"];
  const [u, averageU, averageV, weight] = evaluate(
    names.map((name) => written.get(name)!),
    {
      "g.weight": array([2, 2], [3, 0, 4, 5]),
      "average.g.weight": array([2, 2], [-1, 0, 0, 1]),
      "g.u": array([2], [1, 0]),
      "average.g.u": array([2], [0, -1]),
      "g.v": array([2], [0, 1]),
      "average.g.v": array([2], [0, -1]),
    },
  );
  expect([...weight!.data]).toEqual([0, 0, 1, 2]);
  expect(averageU!.data).toEqual(u!.data);
  expect(Math.hypot(...averageU!.data)).toBeCloseTo(1, 12);
  expect(Math.hypot(...averageV!.data)).toBeCloseTo(1, 12);
});

import { expect, test } from "vitest";
import { conditionalRun } from "../../test/conditional-run.ts";
import { averageOf } from "./averages.ts";
import { Sampler, traceOfAverage } from "./sampler.ts";

const run = await conditionalRun("none");

test("classes are drawn in turn, and what stands for several only where it is asked for", () => {
  const { game, variables, provider } = run;
  const drawn = { ...game, sampler: { ...game.sampler, drawn: 2 } };
  const sampler = new Sampler(drawn, variables, provider, 4);
  expect([0, 1, 2, 3].map((i) => sampler.label({}, i))).toEqual([0, 1, 0, 1]);
  expect(sampler.label({ labels: [2] }, 0)).toBe(2);
  expect([0, 1, 2, 3].map((i) => run.sampler.label({}, i))).toEqual([0, 1, 2, 0]);
});

test("an average of a part of a module stands for that part alone", () => {
  const { game, variables } = run;
  const net = () => undefined;
  const average = { of: [{ name: "g.z", net }], decay: () => 0.9 };
  const trace = traceOfAverage({ ...game, average } as never, variables);
  const scope = trace.scope("g");
  scope.child("z").parameter("weight", [16, 6], (_, shape) => new Float32Array(shape[0]! * 6));
  scope.child("style").parameter("weight", [16, 2], (_, shape) => new Float32Array(shape[0]! * 2));
  expect(variables.get(averageOf("g.z.weight"))).toBeDefined();
  expect(variables.get(averageOf("g.style.weight"))).toBeUndefined();
});

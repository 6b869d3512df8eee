import { expect, test } from "vitest";
import { input } from "../../engine/ir/leaves.ts";
import type { Tensor } from "../../engine/ir/tensor.ts";
import { mul, square, sum } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import type { Schedule } from "../../nn/schedule.ts";
import type { Duel } from "../duel.ts";
import type { Turn } from "../game.ts";
import { r1 } from "./r1.ts";
import { r2 } from "./r2.ts";

const points = (values: number[]) => ({
  shape: [values.length / 2, 2],
  dtype: "f32" as const,
  data: Float64Array.from(values),
});

const asked: Record<string, Schedule> = {};

const duel = (discriminate: (items: Tensor) => Tensor): Duel =>
  ({
    real: input("real", [2, 2]),
    fake: input("fake", [2, 2]),
    turn: {
      scalar(name: string, schedule: Schedule) {
        asked[name] = schedule;
        return input(name, []);
      },
    } as unknown as Turn,
    discriminate,
  }) as unknown as Duel;

const feeds = { real: points([3, 4, 0, 0]), fake: points([1, 0, 0, 2]), w: points([3, -4]) };
const half = (x: Tensor) => mul(sum(square(x), { axes: [1] }), 0.5);

test("D(x) = ½‖x‖² has slope x: E‖x‖² is (25 + 0)/2 at data and (1 + 4)/2 at fakes", () => {
  const [real] = evaluate([r1({ weight: 2 }).apply(duel(half), {}).loss], feeds);
  const [fake] = evaluate([r2({ weight: 2 }).apply(duel(half), {}).loss], feeds);
  expect(real!.data[0]).toBeCloseTo(25, 10);
  expect(fake!.data[0]).toBeCloseTo(5, 10);
});

test("a linear critic of slope 5 gives γ/2·25 on either side, γ = 10 when absent", () => {
  const linear = (x: Tensor) => sum(mul(x, input("w", [1, 2])), { axes: [1] });
  for (const penalty of [r1, r2]) {
    const { loss, readings } = penalty().apply(duel(linear), {});
    const [value, slope] = evaluate([loss, Object.values(readings!)[0]!.value], feeds);
    expect(value!.data[0]).toBeCloseTo(125, 10);
    expect(slope!.data[0]).toBeCloseTo(5, 10);
  }
});

test("a weight on a schedule is fed at each step, one name a penalty", () => {
  const fade: Schedule = ({ step }) => 1 / (1 + step);
  const terms = [r1({ weight: fade }), r2({ weight: fade })];
  const losses = terms.map((term) => term.apply(duel(half), {}).loss);
  const fed = { "d.r1.weight": 0.5, "d.r2.weight": 3 };
  const scalars = Object.fromEntries(
    Object.entries(fed).map(([name, v]) => [
      name,
      { shape: [], dtype: "f32" as const, data: Float64Array.of(v) },
    ]),
  );
  const values = evaluate(losses, { ...feeds, ...scalars }).map(({ data }) => data[0]);
  expect(values).toEqual([0.5 * 12.5, 3 * 2.5]);
  expect(asked["d.r1.weight"]).toBe(fade);
});

import { expect, test } from "vitest";
import { grad } from "../../engine/autodiff/grad.ts";
import { input } from "../../engine/ir/leaves.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { relativistic } from "./relativistic.ts";

const vector = (values: number[]) => ({
  shape: [values.length],
  dtype: "f32" as const,
  data: Float64Array.from(values),
});

const logits = { real: input("real", [2]), fake: input("fake", [2]) };
const feeds = { real: vector([2, 0]), fake: vector([-1, 1]) };
const { discriminator, generator } = relativistic();

test("by hand at D(x) = (2, 0), D(G(z)) = (−1, 1): the pairs differ by 3 and −1", () => {
  const [d, g] = evaluate([discriminator(logits), generator(logits)], feeds);
  // (ln(1 + e⁻³) + ln(1 + e))/2 and (ln(1 + e³) + ln(1 + e⁻¹))/2
  expect(d!.data[0]).toBeCloseTo((0.04858735 + 1.31326169) / 2, 7);
  expect(g!.data[0]).toBeCloseTo((3.04858735 + 0.31326169) / 2, 7);
});

test("a shift of all scores changes nothing, and the generator is pulled by data as well", () => {
  const shifted = { real: vector([7, 5]), fake: vector([4, 6]) };
  for (const side of [discriminator(logits), generator(logits)]) {
    const [here, there] = [feeds, shifted].map((at) => evaluate([side], at)[0]!.data[0]!);
    expect(here).toBeCloseTo(there!, 12);
    const [real, fake] = evaluate(grad(side, [logits.real, logits.fake]), feeds);
    expect(Array.from(real!.data)).toEqual(Array.from(fake!.data, (v) => -v));
  }
  // −σ(D(x) − D(G(z)))/2 of the first pair: σ(3) = 0.95257413
  const [moved] = evaluate(grad(generator(logits), [logits.fake]), feeds);
  expect(moved!.data[0]).toBeCloseTo(-0.95257413 / 2, 7);
});

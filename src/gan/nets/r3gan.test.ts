import { describe, expect, test } from "vitest";
import { apply, array, noise, resultOf } from "../../../test/layers.ts";
import { grad } from "../../engine/autodiff/grad.ts";
import { input } from "../../engine/ir/leaves.ts";
import { square, sum } from "../../engine/ops/index.ts";
import { evaluate } from "../../engine/reference/evaluate.ts";
import { r3ganDiscriminator, r3ganFeatures, r3ganGenerator } from "./r3gan.ts";

const shape = { image: [1, 8, 8], width: 4, widest: 6, blocks: 2, groupWidth: 4 };

const shapesOf = (side: number) => ({ ...shape, image: [3, side, side], expansion: 2 }) as const;

describe("maps double from a side of 4 to 7, channels halve up to the widest", () => {
  test.each([
    [16, 4, [6, 6, 4]],
    [28, 7, [6, 6, 4]],
    [32, 4, [6, 6, 6, 4]],
  ])("%i starts from %i", (side, base, channels) => {
    const even = { ...shapesOf(side), groupWidth: 2 };
    const { y, variables } = apply((s) => r3ganGenerator(even)(input("z", [2, 5]), s));
    expect(y.shape).toEqual([2, 3, side, side]);
    expect(variables.get("net.basis.weight")!.shape).toEqual([channels[0], base, base]);
    const reduce = channels.map((_, i) => variables.get(`net.stage${i}.block1.body.reduce.weight`));
    expect(reduce.map((v) => v!.shape.slice(0, 2))).toEqual(channels.map((c) => [c, 2 * c]));
    const seen = apply((s) => r3ganDiscriminator(even)(input("x", [2, 3, side, side]), s));
    expect(seen.y.shape).toEqual([2]);
    expect(seen.variables.get("net.features.basis.weight")!.shape).toEqual([6, 1, base, base]);
  });
});

test("the 3x3 convolutions see only their group", () => {
  const { variables } = apply((s) =>
    r3ganGenerator({ ...shape, widest: 4 })(input("z", [1, 3]), s),
  );
  // 8 channels inside, in groups of 4
  expect(variables.get("net.stage0.block0.body.grouped.weight")!.shape).toEqual([8, 4, 3, 3]);
});

test("before training a block adds nothing, so a flat image scores by its mean alone", () => {
  const net = r3ganFeatures({ ...shape, widest: 4 });
  const flat = (value: number) => array([1, 1, 8, 8], new Array(64).fill(value));
  const [one, two] = [1, 2].map((v) => resultOf(net, flat(v)).data);
  // Transitions are linear and resampling keeps a constant.
  for (const [k, v] of one!.entries()) expect(two![k]).toBeCloseTo(2 * v, 10);
  const changed = { "net.stage0.block0.body.reduce.weight": noise([4, 8, 1, 1]) };
  expect(resultOf(net, flat(1), { set: changed }).data).not.toEqual(one);
});

test("the first weights of a block have variance 2/(1.04·fan-in·√L), L blocks in the net", () => {
  const wide = { ...shape, width: 64, widest: 64, groupWidth: 128 };
  const { feeds } = apply((s) => r3ganGenerator(wide)(input("z", [1, 3]), s));
  const { data } = feeds["net.stage0.block0.body.grouped.weight"]!;
  const variance = data.reduce((sum, v) => sum + v * v, 0) / data.length;
  // 128 channels of 9 taps; two maps of two blocks
  expect(variance / (2 / (1.04 * 128 * 9 * Math.sqrt(4)))).toBeCloseTo(1, 1);
});

test("the last layer looks at a whole map with one learnt picture a channel", () => {
  const small = { ...shape, widest: 4, blocks: 1 };
  const { y, feeds, trace } = apply((s) => r3ganFeatures(small)(input("x", [1, 1, 8, 8]), s));
  const gaze = trace.read("net.basis.weight");
  const slope = grad(sum(square(y)), [gaze])[0]!;
  const [value, moved] = evaluate([y, slope], { ...feeds, x: noise([1, 1, 8, 8]) });
  // y = Σ w·h for each channel, so Σ w·∂(y²)/∂w = 2y²
  const weight = feeds["net.basis.weight"]!.data;
  for (let c = 0; c < 4; c++) {
    const along = weight
      .subarray(c * 16, (c + 1) * 16)
      .reduce((total: number, w: number, k: number) => total + w * moved!.data[c * 16 + k]!, 0);
    expect(along).toBeCloseTo(2 * value!.data[c]! ** 2, 8);
  }
});

test("channels that do not fall into groups are refused, with what to do", () => {
  const odd = { ...shape, width: 5, groupWidth: 4 };
  expect(() => apply((s) => r3ganGenerator(odd)(input("z", [1, 3]), s))).toThrow(
    /r3gan\] SHAPE.*groups of 4, got 10.*multiple of 4/s,
  );
});

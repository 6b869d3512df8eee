import { describe, expect, test } from "vitest";
import { tinyDuel } from "../../test/duel.ts";
import { array, noise, resultOf } from "../../test/layers.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { matmul, reshape } from "../engine/ops/index.ts";
import { evaluate } from "../engine/reference/evaluate.ts";
import { hinge } from "./losses/hinge.ts";
import { nonSaturating } from "./losses/non-saturating.ts";
import { slice, sliced } from "./san.ts";

test("⟨ω, h⟩ by hand: w = (3, 4) is ω = (0.6, 0.8), whatever its length", () => {
  const h = array([2, 2], [1, 2, -1, 0.5]);
  for (const scale of [1, 7]) {
    const set = { "net.weight": array([2, 1], [3 * scale, 4 * scale]) };
    const { shape, data } = resultOf(slice, h, { set });
    expect(shape).toEqual([2]);
    // 0.6 + 1.6 and −0.6 + 0.4
    expect(data[0]).toBeCloseTo(2.2, 12);
    expect(data[1]).toBeCloseTo(-0.2, 12);
  }
});

test("features of any shape are taken as rows", () => {
  const set = { "net.weight": array([4, 1], [0, 0, 0, 2]) };
  expect(Array.from(resultOf(slice, noise([3, 2, 2, 1]), { set }).data)).toEqual(
    [3, 7, 11].map((i) => noise([3, 2, 2, 1]).data[i]),
  );
});

describe.each([hinge, nonSaturating])("%o, sliced", (make) => {
  const tiny = tinyDuel();
  const { duel } = tiny;
  const { discriminator, loss } = sliced(make(), "omega");
  duel.turn.call(discriminator, duel.features.real);
  const [, w] = tiny.parameters("omega");
  const total = loss.discriminator(duel.logits, duel);
  const feeds = tiny.feeds(2);

  test("ω moves along the difference of the mean features and no other way", () => {
    const [slope, value, real, fake] = evaluate(
      [grad(total, [w!])[0]!, w!, duel.features.real, duel.features.fake],
      feeds,
    );
    const width = value!.data.length;
    const length = Math.hypot(...value!.data);
    const meanOf = (rows: ArrayLike<number>, k: number) =>
      [0, 1, 2, 3].reduce((sum, i) => sum + rows[i * width + k]! / 4, 0);
    const gap = Array.from(value!.data, (_, k) => meanOf(real!.data, k) - meanOf(fake!.data, k));
    const omega = Array.from(value!.data, (v) => v / length);
    const share = omega.reduce((sum, o, k) => sum + o * gap[k]!, 0);
    // −(I − ωωᵀ)·gap/‖w‖
    for (let k = 0; k < width; k++) {
      expect(slope!.data[k]).toBeCloseTo(-(gap[k]! - omega[k]! * share) / length, 10);
    }
  });

  test("the trunk sees the ordinary loss of ⟨ω, h⟩ for a constant ω", () => {
    const scale = 1 / Math.hypot(...feeds["omega.weight"]!.data);
    const held = {
      ...feeds["omega.weight"]!,
      data: feeds["omega.weight"]!.data.map((v) => v * scale),
    };
    const along = (features: typeof total) =>
      reshape(matmul(features, w!), { shape: [features.shape[0]!] });
    const plain = make().discriminator({
      real: along(duel.features.real),
      fake: along(duel.features.fake),
    });
    const trunk = tiny.parameters("trunk");
    const ours = evaluate(grad(total, trunk), feeds);
    const wanted = evaluate(grad(plain, trunk), { ...feeds, "omega.weight": held });
    ours.forEach(({ data }, i) => {
      expect(Math.max(...data.map((v, k) => Math.abs(v - wanted[i]!.data[k]!)))).toBeLessThan(
        1e-12,
      );
      expect(data.some((v) => v !== 0)).toBe(true);
    });
  });
});

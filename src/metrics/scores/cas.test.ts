import { beforeAll, describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { nodeCpu } from "../../engine/run/node-cpu.ts";
import type { Provider } from "../../engine/run/provider.ts";
import { givenEvidence } from "../_given.ts";
import type { Rows } from "../metric.ts";
import { cas, rightAnswers } from "./cas.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await nodeCpu({ threads: 1 });
});

describe("cas", () => {
  /** Images of bars: class 0 upright, class 1 lying, class 2 none, with noise. */
  const bars = (count: number, name: string) => {
    const data = stream(8, name)
      .normal(new Float32Array(64 * count))
      .map((v) => 0.3 * v - 0.5);
    const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
    labels.forEach((label, i) => {
      const place = (i >> 2) % 8;
      for (let k = 0; k < 8; k++) {
        if (label === 0) data[64 * i + 8 * k + place]! += 1;
        if (label === 1) data[64 * i + 8 * place + k]! += 1;
      }
    });
    return { items: { count, width: 64, data }, labels };
  };
  const ask = (fake: { items: Rows; labels: Int32Array }, shape: readonly number[]) =>
    cas.measure(givenEvidence(bars(600, "real"), fake, { provider, seed: 1, shape }));

  test("images: true labels teach well, wrong ones wrongly, and a seed repeats", async () => {
    const [fake, real] = [bars(600, "fake"), bars(300, "real")];
    const options = { classes: 3, shape: [1, 8, 8], seed: 1, provider, steps: 75 };
    const right = await rightAnswers(fake, real, options);
    expect(right).toBeGreaterThan(285);
    const turned = { ...fake, labels: fake.labels.map((c) => (c + 1) % 3) };
    expect(await rightAnswers(turned, real, options)).toBeLessThan(15);
    expect(await rightAnswers(fake, real, options)).toBe(right);
  });

  test("the record, with an MLP for flat items: a class without fakes is named; labels are checked", async () => {
    const fake = bars(600, "fake");
    const two = { ...fake, labels: fake.labels.map((c) => (c === 2 ? 1 : c)) };
    const { value, parts, interval, warnings } = await ask(two, [64]);
    expect(parts!.realAccuracy).toBeGreaterThan(0.8);
    expect(parts!.gap).toBeCloseTo(parts!.realAccuracy! - value, 12);
    expect(interval![0]).toBeLessThan(value);
    expect(warnings![0]).toContain("2");
    // Two classes of three can be right, and are.
    expect(value).toBeGreaterThan(0.5);
    expect(value).toBeLessThan(0.68);
    const odd = { ...fake, labels: fake.labels.with(0, 9) };
    await expect(ask(odd, [64])).rejects.toThrow("METRIC_INPUT");
  });
});

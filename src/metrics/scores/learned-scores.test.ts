import { beforeAll, describe, expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { nodeCpu } from "../../engine/run/node-cpu.ts";
import type { Provider } from "../../engine/run/provider.ts";
import { givenEvidence } from "../_given.ts";
import type { Rows } from "../metric.ts";
import { c2st } from "./c2st.ts";
import { classifierCurve, prdClassifier } from "./prd-classifier.ts";

let provider: Provider;
beforeAll(async () => {
  provider = await nodeCpu({ threads: 1 });
});

const cloud = (count: number, name: string, at = 0): Rows => ({
  count,
  width: 2,
  data: stream(6, name)
    .normal(new Float64Array(2 * count))
    .map((v, i) => (i % 2 === 0 ? v + at : 100 * v)),
});

describe("c2st and prd-classifier", () => {
  test("shifted by one deviation: accuracy Φ(1/2), α at λ = 1 of 2Φ(−1/2); one training for both", async () => {
    let sessions = 0;
    const counting: Provider = {
      ...provider,
      create: (model) => {
        sessions++;
        return provider.create(model);
      },
    };
    const evidence = givenEvidence(
      { features: cloud(6000, "real") },
      { features: cloud(6000, "fake", 1) },
      { provider: counting, seed: 1 },
    );
    const { value, interval, parts } = await c2st.measure(evidence);
    expect(Math.abs(value - 0.691462)).toBeLessThan(0.02);
    expect(interval![0]).toBeLessThan(value);
    expect(parts!.z!).toBeGreaterThan(20);
    const curve = await prdClassifier.measure({ ...evidence });
    // One session to train and one to ask, for both metrics together.
    expect(sessions).toBe(2);
    // F₁ is at least α at λ = 1, and the curve is symmetric.
    expect(Math.abs(curve.value - 0.617)).toBeLessThan(0.03);
    expect(Math.abs(curve.parts!.f8! - curve.parts!.f1over8!)).toBeLessThan(0.03);
  });

  test("one distribution: guessing, within four deviations, and a curve near (1, 1)", async () => {
    const evidence = givenEvidence(
      { features: cloud(3000, "real") },
      { features: cloud(3000, "again") },
      { provider, seed: 2 },
    );
    expect(Math.abs((await c2st.measure(evidence)).parts!.z!)).toBeLessThan(4);
    expect((await prdClassifier.measure(evidence)).value).toBeGreaterThan(0.93);
  });

  test("a seed repeats bit for bit", async () => {
    const [real, fake] = [cloud(500, "real"), cloud(400, "fake", 2)];
    const curve = (seed: number) => classifierCurve(real, fake, { seed, provider, steps: 50 });
    expect(await curve(3)).toEqual(await curve(3));
    expect(await curve(4)).not.toEqual(await curve(3));
  });

  test("bad input is a coded error", async () => {
    const good = cloud(50, "real");
    const bad: Rows = { ...good, data: good.data.with(3, Number.POSITIVE_INFINITY) };
    const flat: Rows = { ...good, data: new Float64Array(100) };
    const options = { seed: 0, provider, steps: 25 };
    await expect(classifierCurve(good, bad, options)).rejects.toThrow("METRIC_INPUT");
    await expect(classifierCurve(flat, flat, options)).rejects.toThrow("METRIC_DEGENERATE");
  });
});

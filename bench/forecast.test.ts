import { expect, test } from "vitest";
import { forecastPoint } from "./forecast.ts";

test("the memory of a training is told within 20 %, from its graph", () => {
  const { predictedMib, heldMib } = forecastPoint({
    system: "dcgan",
    options: { width: 32, batch: 64 },
    chunk: 1,
  });
  expect(predictedMib / heldMib).toBeGreaterThan(0.8);
  expect(predictedMib / heldMib).toBeLessThan(1.2);
}, 120_000);

import { describe, expect, test } from "vitest";
import { stream } from "../core/random.ts";
import { principalComponents } from "./principal-components.ts";

/** Points with standard deviations 5, 2 and 0.5 along axes that are turned in the plane of the first two. */
function cloud(count: number) {
  const drawn = stream(3, "cloud").normal(new Float64Array(count * 3));
  const data = new Float64Array(count * 3);
  for (let i = 0; i < count; i++) {
    const [a, b, c] = [5 * drawn[3 * i]!, 2 * drawn[3 * i + 1]!, 0.5 * drawn[3 * i + 2]!];
    data.set([0.6 * a - 0.8 * b + 7, 0.8 * a + 0.6 * b - 1, c], 3 * i);
  }
  return { count, width: 3, data };
}

describe("principal components", () => {
  test("find the axes and their variances, whatever the mean", () => {
    const rows = cloud(400);
    const { scores, variances, total } = principalComponents(rows, 2);
    expect(Math.sqrt(variances[0]!)).toBeCloseTo(5, 0);
    expect(Math.sqrt(variances[1]!)).toBeCloseTo(2, 0);
    expect(total).toBeCloseTo(variances[0]! + variances[1]! + 0.25, 1);
    // Scores are what an orthogonal projection gives: along (0.6, 0.8, 0), up to sign.
    const mean = [0, 1, 2].map((k) => {
      let sum = 0;
      for (let i = 0; i < 400; i++) sum += rows.data[3 * i + k]! / 400;
      return sum;
    });
    let dot = 0;
    let norms = [0, 0];
    for (let i = 0; i < 400; i++) {
      const along = 0.6 * (rows.data[3 * i]! - mean[0]!) + 0.8 * (rows.data[3 * i + 1]! - mean[1]!);
      dot += along * scores[2 * i]!;
      norms = [norms[0]! + along ** 2, norms[1]! + scores[2 * i]! ** 2];
    }
    expect(Math.abs(dot) / Math.sqrt(norms[0]! * norms[1]!)).toBeGreaterThan(0.999);
  });

  test("have nothing to say of rows that are all the same", () => {
    const { scores, variances } = principalComponents(
      { count: 5, width: 2, data: new Float64Array(10).fill(3) },
      2,
    );
    expect([...scores].every((v) => v === 0)).toBe(true);
    expect(variances).toEqual([0, 0]);
  });
});

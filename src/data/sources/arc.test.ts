import { expect, test } from "vitest";
import { arc } from "./arc.ts";

test("angles fill the circle but the gap, and points lie where they say", () => {
  const { angle, point } = arc.open({ gap: 60, sigma: 0.01 }).batch(0, 3000, 1);
  const angles = Array.from(angle!);
  expect(angles.every((a) => a >= 0 && a <= 360 && (a <= 150 || a >= 210))).toBe(true);
  const shares = [75, 150, 285, 360].map((end, i) => {
    const from = [0, 75, 210, 285][i]!;
    return angles.filter((a) => a >= from && a < end).length / angles.length;
  });
  for (const share of shares) expect(Math.abs(share - 0.25)).toBeLessThan(0.04);
  angles.forEach((a, i) => {
    const [x, y] = [point![2 * i]!, point![2 * i + 1]!];
    const off = Math.hypot(x - Math.cos((a * Math.PI) / 180), y - Math.sin((a * Math.PI) / 180));
    expect(off).toBeLessThan(0.07);
  });
});

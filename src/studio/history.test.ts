import { expect, test } from "vitest";
import { Curve, History, paceName } from "./history.ts";

test("a curve stays small, keeps every peak and its mean", () => {
  const curve = new Curve(16);
  const values = Array.from({ length: 1000 }, (_, i) => (i === 333 ? 50 : i % 7));
  for (const [i, v] of values.entries()) curve.add(i + 1, v);
  expect(curve.width).toBe(64);
  expect(curve.step).toEqual(Array.from({ length: 16 }, (_, i) => 1 + 64 * i));
  expect(Math.max(...curve.high)).toBe(50);
  expect(curve.high[Math.floor(333 / 64)]).toBe(50);
  const sum = curve.mean.reduce((s, m, i) => s + m * (i < 15 ? 64 : curve.filled), 0);
  expect(sum).toBeCloseTo(
    values.reduce((a, b) => a + b, 0),
    6,
  );
});

test("one that travelled goes on like one that stayed", () => {
  const [stayed, began] = [new Curve(8), new Curve(8)];
  const add = (curve: Curve, from: number, to: number) => {
    for (let i = from; i < to; i++) curve.add(i, Math.sin(i));
  };
  add(stayed, 0, 100);
  add(began, 0, 41);
  const travelled = Curve.from(JSON.parse(JSON.stringify(began)), 8);
  add(travelled, 41, 100);
  expect(travelled).toEqual(stayed);
});

test("a few values are all there, without bounds", () => {
  const history = new History();
  history.add({ step: 1, values: { "g.loss": 2, "d.loss": null } });
  history.add({ step: 2, values: { "g.loss": 3 } });
  expect(JSON.parse(JSON.stringify(history))).toEqual({
    rows: 2,
    step: 2,
    curves: { "g.loss": { width: 1, filled: 1, step: [1, 2], mean: [2, 3] } },
    pace: [],
  });
});

test("the pace is steps over seconds, within a session", () => {
  const history = new History();
  for (let i = 1; i <= 100; i++) {
    // Rows of one call share their time.
    for (let j = 0; j < 5; j++) history.add({ step: 5 * i + j, seconds: i / 2, values: {} });
  }
  expect(history.stepsPerSecond).toBeCloseTo(10, 6);
  expect(history.curves.get(paceName)?.mean.at(-1)).toBeCloseTo(10, 6);
  history.add({ step: 600, seconds: 0.5, values: {} });
  expect(history.stepsPerSecond).toBeUndefined();
  history.add({ step: 602, seconds: 1, values: {} });
  expect(History.from(JSON.parse(JSON.stringify(history))).stepsPerSecond).toBe(4);
});

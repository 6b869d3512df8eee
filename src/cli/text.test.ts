import { expect, test } from "vitest";
import { bytes, clock, grouped, table } from "./text.ts";

test("numbers, times and sizes read well", () => {
  expect([grouped(1234567), grouped(12.6)]).toEqual(["1,234,567", "13"]);
  expect([clock(5), clock(75.4), clock(3675), clock(-1)]).toEqual([
    "0:05",
    "1:15",
    "1:01:15",
    "0:00",
  ]);
  expect([bytes(12), bytes(1536), bytes(3 * 2 ** 30)]).toEqual(["12 bytes", "1.5 KiB", "3.0 GiB"]);
});

test("tables align, and wrap their last column below itself", () => {
  const rows = [
    ["a", "short"],
    ["longer", "one two three four five six seven"],
  ];
  expect(table(rows, 34)).toBe(
    "  a       short\n  longer  one two three four five\n          six seven",
  );
});

import { expect, test } from "vitest";
import { bigganFeatures } from "./biggan.ts";

test("images that are too small to be halved are refused", () => {
  expect(() => bigganFeatures({ image: [3, 8, 8], width: 4 })).toThrow(
    /SHAPE .*14 pixels or more.*8 pixels/s,
  );
});

test("attention on a map that is never made is refused", () => {
  const asked = { image: [3, 32, 32], width: 4, attention: 3 };
  expect(() => bigganFeatures(asked)).toThrow(/SHAPE .*at most 2 times.*3/s);
});

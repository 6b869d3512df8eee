import { expect, test } from "vitest";
import { z } from "zod";
import { gaussian1d } from "../data/sources/gaussian-1d.ts";
import { custom } from "./custom.ts";

const options = z.object(custom.options);

test("an augmentation that is for images is refused on points, and others are not", () => {
  const { fields } = gaussian1d.open();
  const build = (augmentation: string) => custom.build(options.parse({ augmentation }), { fields });
  expect(() => build("ada")).toThrow(/augmentation ada\] ITEMS .*field image/);
  expect(build("apa").field).toBe("point");
});

test("a penalty that is for images is refused on points, and taken on images", () => {
  const asked = options.parse({ penalty: "ground-metric" });
  const { fields } = gaussian1d.open();
  expect(() => custom.build(asked, { fields })).toThrow(/ground-metric\] ITEMS .*field image/);
  const image = { shape: [1, 16, 16], dtype: "u8", scale: 1, offset: 0 } as const;
  expect(custom.build(asked, { fields: { image } }).field).toBe("image");
});

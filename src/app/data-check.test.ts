import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decode } from "fast-png";
import sharp from "sharp";
import { expect, test } from "vitest";
import { dataFolder } from "../../test/data-folder.ts";
import { checkData } from "./data-check.ts";

const { root, write } = dataFolder();

/** A grey gradient, steeper for a larger number. */
const picture = (steep: number, width = 16, height = 16) =>
  sharp(
    Uint8Array.from({ length: width * height }, (_, i) => ((i % width) * steep + i) % 256),
    { raw: { width, height, channels: 1 } },
  ).toColourspace("b-w");
const png = (steep: number, width?: number) => picture(steep, width).png().toBuffer();

test("bad files, copies, lookalikes, classes, sizes and ranges; and a sheet", async () => {
  for (let i = 0; i < 11; i++) write(`set/many/${i}.png`, await png(3 + i));
  write("set/one/a.png", await png(3));
  write("set/many/near.jpg", await picture(5).jpeg({ quality: 97 }).toBuffer());
  write("set/many/bad.png", "no picture");
  write("set/many/small.png", await png(40, 8));
  const sheet = join(root, "sheet.png");
  const report = await checkData(join(root, "set"), { options: { side: 16 }, sheet });
  expect(report).toMatchObject({
    source: "pictures",
    items: 14,
    files: 15,
    refused: [{ name: "many/bad.png", reason: "no picture of a known format" }],
    classes: { many: 13, one: 1 },
    fields: { image: { shape: [1, 16, 16], dtype: "u8" }, label: { shape: [], dtype: "i32" } },
  });
  expect(report.duplicates.same).toEqual([["many/0.png", "one/a.png"]]);
  expect(report.duplicates.near).toEqual([["many/2.png", "many/near.jpg"]]);
  expect(report.facts.size).toEqual([
    ["16x16", 13],
    ["8x16", 1],
  ]);
  const { low, high, mean, deviation } = report.values.image!;
  expect(low).toBe(0);
  expect(high).toBe(255);
  expect(mean).toBeGreaterThan(low);
  expect(deviation).toBeGreaterThan(10);
  const said = report.warnings.join("\n");
  expect(said).toMatch(/14 items are few/);
  expect(said).toMatch(/largest has 13 items, the smallest 1/);
  expect(said).toMatch(/1 items are copies/);
  expect(said).toMatch(/1 pictures are smaller than 16x16/);
  const drawn = decode(readFileSync(sheet));
  expect([drawn.width, drawn.height]).toEqual([8 * 18 + 2, 2 * 18 + 2]);
});

test("nothing usable is a report too", async () => {
  const path = write("none/a.png", "no picture");
  const sheet = join(root, "none.png");
  const report = await checkData(join(path, ".."), { sheet });
  expect([report.items, report.files, report.refused.length]).toEqual([0, 1, 1]);
  expect(existsSync(sheet)).toBe(false);
  await expect(checkData(join(root, "no-such-place"))).rejects.toThrow("DATA_MISSING");
});

test("named data, tables and endless ones", async () => {
  const endless = await checkData("ring8", { sheet: join(root, "ring.png") });
  expect(endless).not.toHaveProperty("items");
  expect(Object.keys(endless.classes!)).toHaveLength(8);
  expect(existsSync(join(root, "ring.png"))).toBe(true);
  const table = await checkData(write("a.csv", "a,b\n1,x\n2,y\n2,y\n"));
  expect(table.items).toBe(3);
  expect(table.duplicates.same).toEqual([["1", "2"]]);
});

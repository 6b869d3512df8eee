import { expect, test } from "vitest";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { augmentationIds, augmented } from "./augmented.ts";

const provider = await nodeCpu({ threads: 1 });
const shape = [3, 8, 8];
const items = Float32Array.from({ length: 4 * 192 }, (_, i) => Math.sin(i));

test.each(augmentationIds())("%s shows as many items, by the seed", async (id) => {
  const show = (seed: number) => augmented(items, { shape }, { id, seed }, provider);
  const shown = await show(1);
  expect(shown.length).toBe(items.length);
  expect(shown.every(Number.isFinite)).toBe(true);
  expect(await show(1)).toEqual(shown);
});

test("what is drawn differs by the seed and from the items", async () => {
  const show = (seed: number) =>
    augmented(items, { shape }, { id: "diff-augment", seed }, provider);
  expect(await show(1)).not.toEqual(await show(2));
  expect(await show(1)).not.toEqual(items);
});

test("points have none of the augmentations of images; unknown names are said", async () => {
  const ask = (id: string) =>
    augmented(new Float32Array(4), { shape: [2] }, { id, seed: 0 }, provider);
  await expect(ask("diff-augment")).rejects.toThrow(/ITEMS.*images/);
  await expect(ask("diff-augmnt")).rejects.toThrow(
    /UNKNOWN_AUGMENTATION.*did you mean diff-augment/,
  );
});

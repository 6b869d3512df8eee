import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { conditionalRun } from "../../test/conditional-run.ts";
import { colourNames, shapeColours } from "../data/shapes.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { relu, sliceAxis, sum } from "../engine/ops/index.ts";
import { openData } from "./config.ts";
import { filterSheet } from "./filters.ts";

const folder = mkdtempSync(join(tmpdir(), "filters-"));
afterAll(() => rmSync(folder, { recursive: true }));
const conditional = await conditionalRun(folder);
const about = { title: "none", credit: "none", licence: "none" };
const data = { source: "shapes", options: { side: 16 }, about };
const source = await openData(data);
const field = source.fields.image!;

/** A discriminator with two filters: one answers to red, one to green. */
const run = {
  ...conditional,
  field,
  config: { ...conditional.config, data },
  game: {
    ...conditional.game,
    judge: (x: Tensor) =>
      sum(relu(sliceAxis(x, { axis: 1, start: 0, end: 2 })), { axes: [1, 2, 3] }),
  },
};

test("a row shows what its filter answers to, and where", async () => {
  const out = join(folder, "filters.png");
  const rows = await filterSheet(run, { out, columns: 5, images: 120, seed: 4 });
  expect(rows.map((r) => r.unit).sort()).toEqual([0, 1]);
  const { colour, place } = source.batch(0, 120, 4);
  for (const { unit, answers } of rows) {
    expect(answers).toHaveLength(5);
    for (const { item, x, y } of answers) {
      expect(shapeColours[colourNames[colour![item]!]!][unit]).toBe(255);
      const [across, down, radius] = place!.slice(3 * item, 3 * item + 3);
      expect(Math.hypot(x - across!, y - down!)).toBeLessThan(1.44 * radius! + 0.05);
    }
  }
  expect(readFileSync(out).subarray(1, 4).toString()).toBe("PNG");
});

test("a discriminator that is told of classes is refused, and so are points", async () => {
  const out = join(folder, "none.png");
  await expect(filterSheet({ ...conditional, config: run.config }, { out })).rejects.toThrow(
    /UNJUDGED/,
  );
  const points = { ...run, field: { ...field, shape: [2] } };
  await expect(filterSheet(points, { out })).rejects.toThrow(/SAMPLE_FORMAT/);
});

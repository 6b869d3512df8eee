import { expect, test } from "vitest";
import { parseOptions } from "../core/options.ts";
import { stream } from "../core/random.ts";
import type { Source } from "../data/source.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { Trainer } from "../train/trainer.ts";
import { biggan } from "./biggan.ts";

const pictures: Source = {
  id: "pictures",
  size: Number.POSITIVE_INFINITY,
  about: { title: "noise", credit: "none", licence: "none" },
  fields: {
    image: { shape: [1, 16, 16], dtype: "u8", scale: 2 / 255, offset: -1 },
    label: { shape: [], dtype: "i32", scale: 1, offset: 0, classes: ["a", "b"] },
  },
  batch: (start, count, seed) => ({
    image: Uint8Array.from(stream(seed, "p", start).uint32(count * 256), (bits) => bits & 255),
    label: Int32Array.from({ length: count }, (_, i) => i % 2),
  }),
};

test("with accumulation both sides stand still and then move; filters' overlap is a term", async () => {
  const provider = await nodeCpu({ threads: 1 });
  const asked = { ...biggan.tiny, accumulation: 2, orthogonal: 1e-4 };
  const options = parseOptions("biggan", biggan.options, asked);
  const game = biggan.build(options, pictures);
  const trainer = new Trainer({ game, source: pictures, provider, seed: 1, chunk: 1 });
  const [row] = await trainer.advance(1);
  expect(row!.values["g.orthogonal"]).toBeGreaterThan(0);
  const weights = trainer.variables.all().filter((v) => v.role === "parameter");
  const first = await trainer.snapshot();
  for (const { name } of weights) {
    expect(first.values.get(name)!.data, name).toEqual(trainer.variables.initialValue(name, 1));
  }
  await trainer.advance(2);
  const second = await trainer.snapshot();
  for (const side of ["g", "d", "trunk"]) {
    const own = weights.filter((v) => v.name.startsWith(`${side}.`) && v.name.endsWith(".weight"));
    for (const { name } of own) {
      expect(second.values.get(name)!.data, name).not.toEqual(first.values.get(name)!.data);
    }
  }
  await trainer.dispose();
});

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { buildGame, loadSystem, resolveConfig } from "../../src/app/config.ts";
import { ancestors } from "../../src/engine/ir/tensor.ts";
import { sizeOf } from "../../src/engine/ir/type.ts";
import { toOnnx } from "../../src/engine/onnx/model.ts";
import type { Precision } from "../../src/engine/passes/autocast.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { Variables } from "../../src/nn/variables.ts";
import { activityAt } from "../../src/train/plan.ts";
import { traceTicks } from "../../src/train/step.ts";
import { type Snapshot, Trainer } from "../../src/train/trainer.ts";

const provider = await nodeCpu({ threads: 1 });

async function open(id: string) {
  const system = await loadSystem(id);
  const { config, source } = await resolveConfig({ system: id, options: system.tiny });
  return { game: buildGame(system, config), source, config };
}

const calmScale = 64;

/** Scales at which nothing overflows, so that no update is left out. */
const calm: Snapshot = {
  step: 0,
  images: 0,
  values: new Map(
    ["d", "g"].map((p) => [
      `precision.${p}.scale`,
      { shape: [], data: Float32Array.of(calmScale) },
    ]),
  ),
};

async function train(id: string, precision: Precision, { from = calm, steps = 6 } = {}) {
  const trainer = new Trainer({ ...(await open(id)), provider, seed: 1, chunk: 2, precision });
  trainer.restore(from);
  const rows = [];
  while (trainer.step < steps) rows.push(...(await trainer.advance(steps)));
  const state = await trainer.snapshot();
  await trainer.dispose();
  return { rows, state };
}

/** A convolutional system with batch norm, and one with a gradient of a gradient. */
describe.each(["dcgan", "wgan-gp"])("%s in mixed precision", (id) => {
  test("follows the run in float32", async () => {
    const [full, half] = [await train(id, "f32"), await train(id, "f16")];
    for (const [i, { values }] of full.rows.entries()) {
      for (const [name, value] of Object.entries(values)) {
        const got = half.rows[i]!.values[name]!;
        expect(Math.abs(got - value), `${name} of tick ${i + 1}`).toBeLessThan(
          0.02 * Math.max(1, Math.abs(value)),
        );
      }
    }
    expect(half.rows).not.toEqual(full.rows);
    for (const player of ["d", "g"]) {
      expect(half.rows.at(-1)!.values[`${player}.lossScale`]).toBe(calmScale);
    }
  });

  test("what lasts is float32, and a restored run goes on bit-equal", async () => {
    const { game, source } = await open(id);
    const step = traceTicks(game, new Variables(), source.fields, [activityAt(game, 7)], {
      precision: "f16",
    });
    for (const t of [...step.program.inputs, ...Object.values(step.program.outputs)]) {
      expect(t.dtype).not.toBe("f16");
    }
    const whole = await train(id, "f16", { steps: 8 });
    const first = await train(id, "f16", { steps: 4 });
    const second = await train(id, "f16", { from: first.state, steps: 8 });
    expect([...second.state.values]).toEqual([...whole.state.values]);
  });

  test("no update is computed in halves", async () => {
    const { game, source } = await open(id);
    const activities = [activityAt(game, 7)];
    const { program } = traceTicks(game, new Variables(), source.fields, activities, {
      precision: "f16",
    });
    const nodes = ancestors(Object.values(program.outputs));
    const updates = nodes.filter((t) => t.place.startsWith("update of"));
    expect(updates.length).toBeGreaterThan(50);
    // Gradients are divided by the scale, and weights rounded for the products that read them.
    for (const t of updates) expect(t.dtype === "f16" && t.record.name !== "cast").toBe(false);
  });

  test("most of what a step holds in memory is halves", async () => {
    const { game, source } = await open(id);
    const bytes = (precision: Precision) => {
      const activities = [activityAt(game, 7)];
      const { program } = traceTicks(game, new Variables(), source.fields, activities, {
        precision,
      });
      const images = ancestors(Object.values(program.outputs)).filter(
        (t) => t.shape.length === 4 && t.shape[0] === game.batch && t.record.precision === "half",
      );
      return images.reduce((n, t) => n + sizeOf(t.shape) * (t.dtype === "f16" ? 2 : 4), 0);
    };
    expect(bytes("f16")).toBe(bytes("f32") / 2);
  });

  test("without it the graph has no trace of it", async () => {
    const { game, source } = await open(id);
    const hash = (options?: { precision: Precision }) => {
      const activities = [activityAt(game, 7)];
      const step = traceTicks(game, new Variables(), source.fields, activities, options);
      const bytes = toOnnx(step.program, { target: provider.target, after: step.watch });
      return createHash("sha256").update(bytes).digest("hex");
    };
    expect(hash({ precision: "f32" })).toBe(hash());
    expect(hash({ precision: "f16" })).not.toBe(hash());
  });
});

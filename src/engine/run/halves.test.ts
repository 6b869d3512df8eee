import { expect, test } from "vitest";
import { halvesError, withHalves } from "./halves.ts";
import { nodeCpu } from "./node-cpu.ts";
import type { Provider, Session } from "./provider.ts";

const cpu = await nodeCpu({ threads: 1 });

/** A device of which only the graphs' form is real: the processor runs them. */
const device = (create: Provider["create"] = cpu.create): Provider => ({
  ...cpu,
  id: "device",
  target: { provider: "webgpu", nchwcBlock: 0 },
  create,
});

test("the processor emulates them, to the same bits as the reference but for its sums", async () => {
  expect(await withHalves(cpu)).toBe(cpu);
  expect(await halvesError(cpu)).toBeLessThan(1e-3);
});

test("a device that computes right in them is given graphs that do", async () => {
  const able = await withHalves(device());
  expect(able.target).toEqual({ provider: "webgpu", nchwcBlock: 0, half: true });
  expect(await halvesError(able)).toBeLessThan(0.03);
});

test("one that has none is refused with what it said", async () => {
  const said = "Program Cast requires f16 but the device does not support it.";
  const session: Session = {
    run: () => Promise.reject(new Error(said)),
    dispose: () => Promise.resolve(),
  };
  const refusing = device(() => Promise.resolve(session));
  await expect(withHalves(refusing)).rejects.toThrow(/PRECISION.*device does not support it/);
});

test("one that computes wrong is refused with how wrong", async () => {
  const wrong = device(async (model, request) => {
    const session = await cpu.create(model, request);
    const run: Session["run"] = async (feeds) => {
      const results = await session.run(feeds);
      return { ...results, dw: results.dv! };
    };
    return { ...session, run };
  });
  await expect(withHalves(wrong)).rejects.toThrow(/PRECISION.*off/);
});

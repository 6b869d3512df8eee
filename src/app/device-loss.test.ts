import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { deviceLost } from "../engine/run/device-lost.ts";
import { lasting } from "../engine/run/lasting.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import type { Provider } from "../engine/run/provider.ts";
import type { LoopEvent } from "../train/loop.ts";
import { loadSystem, type RunConfig, resolveConfig } from "./config.ts";
import { runTraining } from "./run-training.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-device-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const cpu = await nodeCpu({ threads: 1 });

const gone = () => deviceLost("mortal", "it has gone");

/** A device that is lost at its n-th call: it answers no other, and frees nothing. */
function mortal(calls: number, count = () => {}): Provider {
  let left = calls;
  return {
    ...cpu,
    id: "mortal",
    create: async (model, request) => {
      const session = await cpu.create(model, request);
      return {
        run: (feeds) => {
          count();
          return left-- > 0 ? session.run(feeds) : Promise.reject(gone());
        },
        dispose: () => (left < 0 ? Promise.reject(new Error("busy")) : session.dispose()),
      };
    },
  };
}

async function configOf(): Promise<RunConfig> {
  const { tiny } = await loadSystem("gan-vanilla");
  const asked = { system: "gan-vanilla", options: tiny, steps: 40, seed: 3, chunk: 5 };
  return (await resolveConfig({ ...asked, checkpoints: { everySteps: 10 } })).config;
}

/** Trains on one device after the other. */
async function train(name: string, lives: readonly number[]) {
  const events: LoopEvent[] = [];
  const path = join(root, name);
  let [opened, calls] = [0, 0];
  const outcome = await runTraining(
    { config: await configOf(), runPath: path, resume: false },
    (event) => events.push(event),
    () => false,
    async () => mortal(lives[opened++] ?? Number.POSITIVE_INFINITY, () => calls++),
  ).catch((error: unknown) => error);
  const losses = events.filter((e) => e.kind === "device-lost");
  const rows = () => readFileSync(join(path, "metrics.jsonl"), "utf8").trim().split("\n");
  const values = () => rows().map((row) => ({ ...JSON.parse(row), seconds: 0 }));
  return { outcome, losses, opened, calls, values };
}

test("a run whose device is lost twice ends as one that kept it", async () => {
  const whole = await train("whole", []);
  expect(whole).toMatchObject({ outcome: { step: 40, why: "steps" }, losses: [], opened: 1 });
  // One loss before the first checkpoint, one after some.
  const broken = await train("broken", [2, Math.floor(0.6 * whole.calls)]);
  expect(broken.outcome).toEqual({ step: 40, why: "steps" });
  expect(broken.opened).toBe(3);
  expect(broken.losses).toHaveLength(2);
  expect(broken.losses[0]).toMatchObject({ step: 0, text: "it has gone" });
  expect(broken.losses[1]!.step).toBeGreaterThan(0);
  expect(broken.losses[1]!.step % 10).toBe(0);
  expect(broken.values()).toEqual(whole.values());
});

test("a device that is lost again and again ends the run, after five times", async () => {
  const { outcome, losses, opened } = await train("hopeless", Array(20).fill(1));
  expect(outcome).toMatchObject({ code: "DEVICE_LOST", fault: { got: "it has gone" } });
  expect(losses).toHaveLength(5);
  expect(opened).toBe(6);
});

test("one that cannot be opened again ends the run with that reason", async () => {
  let opened = 0;
  const outcome = await runTraining(
    { config: await configOf(), runPath: join(root, "gone"), resume: false },
    () => {},
    () => false,
    () => (opened++ === 0 ? Promise.resolve(mortal(1)) : Promise.reject(new Error("no adapter"))),
  ).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ message: "no adapter" });
});

test("values of the host go with a provider that was opened again", async () => {
  const provider = await lasting(async () => ({ ...cpu }));
  const value = provider.value("f32", [2], Float32Array.of(1, 2));
  await provider.reopen();
  expect([...(await value.data())]).toEqual([1, 2]);
  value.dispose();
});

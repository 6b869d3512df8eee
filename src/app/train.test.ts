import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { LoopEvent } from "../train/loop.ts";
import { type Asked, loadSystem, type RunConfig, resolveConfig } from "./config.ts";
import { runTraining } from "./run-training.ts";
import { startTraining } from "./train.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-train-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function tiny(system: string, asked: Partial<Asked> = {}): Promise<RunConfig> {
  const { tiny: options } = await loadSystem(system);
  const given = { system, options, steps: 12, seed: 3, threads: 1, health: false, ...asked };
  return (await resolveConfig(given)).config;
}

/** Trains in this thread. */
const train = (config: RunConfig, name: string, resume = false, stopped = () => false) =>
  runTraining({ config, runPath: join(root, name), resume }, () => {}, stopped);

/** A digest of the last checkpoint: two that differ are quick to tell apart. */
function lastCheckpoint(name: string): string {
  const folder = join(root, name, "checkpoints");
  const last = readdirSync(folder)
    .filter((f) => f.endsWith(".safetensors"))
    .sort()
    .at(-1)!;
  expect(last).toBe("step-00000012.safetensors");
  return createHash("sha256")
    .update(readFileSync(join(folder, last)))
    .digest("hex");
}

const logOf = (name: string) =>
  readFileSync(join(root, name, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { step: number; values: object })
    .map(({ step, values }) => ({ step, values }));

describe.each(["dcgan", "wgan-gp"])("%s", { timeout: 40_000 }, (system) => {
  test("12 steps at once = 6, a stop, 6 more: checkpoints and logs are bit-equal", async () => {
    const config = await tiny(system);
    await train(config, `${system}-whole`);
    const half = { ...config, steps: 6 };
    expect(await train(half, `${system}-half`)).toEqual({ step: 6, why: "steps" });
    await train(config, `${system}-half`, true);
    expect(lastCheckpoint(`${system}-half`)).toEqual(lastCheckpoint(`${system}-whole`));
    expect(logOf(`${system}-half`)).toEqual(logOf(`${system}-whole`));
    expect(logOf(`${system}-half`).map((row) => row.step)).toEqual(
      [...Array(12).keys()].map((i) => i + 1),
    );
  });

  test("a run repeats bit by bit; chunks do not matter; another seed does", async () => {
    await train(await tiny(system, { chunk: 1 }), `${system}-one`);
    await train(await tiny(system, { chunk: 3 }), `${system}-three`);
    await train(await tiny(system, { seed: 4 }), `${system}-other`);
    expect(lastCheckpoint(`${system}-one`)).toEqual(lastCheckpoint(`${system}-whole`));
    expect(lastCheckpoint(`${system}-three`)).toEqual(lastCheckpoint(`${system}-whole`));
    expect(lastCheckpoint(`${system}-other`)).not.toEqual(lastCheckpoint(`${system}-whole`));
  });
});

describe("a run that is stopped", () => {
  test("keeps what it has, and goes on to the same end", async () => {
    const config = await tiny("gan-vanilla", { chunk: 5 });
    let asked = 0;
    const outcome = await train(config, "stopped", false, () => asked++ > 0);
    expect(outcome).toEqual({ step: 5, why: "stopped" });
    // A line cut off by a crash and lines after the checkpoint are written again.
    const log = join(root, "stopped", "metrics.jsonl");
    writeFileSync(log, `${readFileSync(log, "utf8")}{"step":6,"values":{}}\n{"step":7,"va`);
    await train(config, "stopped", true);
    await train(config, "unstopped");
    expect(lastCheckpoint("stopped")).toEqual(lastCheckpoint("unstopped"));
    expect(logOf("stopped")).toEqual(logOf("unstopped"));
  });

  test("before its first checkpoint begins again", async () => {
    const config = await tiny("gan-vanilla");
    await train(config, "early", false, () => true);
    expect(await train(config, "early", true)).toEqual({ step: 12, why: "steps" });
  });
});

describe("in a thread of its own", () => {
  test("events arrive, a stop is heard, the run is the same as in this thread", async () => {
    const config = await tiny("gan-vanilla", { chunk: 1 });
    const events: LoopEvent[] = [];
    const runPath = join(root, "thread");
    const training = startTraining({
      config: { ...config, steps: 1_000_000 },
      runPath,
      resume: false,
      onEvent: (event) => {
        events.push(event);
        if (event.kind === "progress") training.stop();
      },
    });
    const { step, why } = await training.done;
    expect(why).toBe("stopped");
    expect(events[0]).toMatchObject({ kind: "memory", step: 0 });
    expect(events[1]).toMatchObject({ kind: "start", step: 0 });
    expect(events.at(-1)).toEqual({ kind: "end", step, why: "stopped" });
    // Goes on in this thread.
    const end = await train({ ...config, steps: step + 1 }, "thread", true);
    expect(end).toEqual({ step: step + 1, why: "steps" });
  }, 20_000);

  test("coded errors cross over; others become INTERNAL with the stack in a file", async () => {
    const config = await tiny("gan-vanilla");
    const start = (c: RunConfig, name: string) =>
      startTraining({ config: c, runPath: join(root, name), resume: false }).done;
    const exists = await start(config, "thread").catch((e: unknown) => e);
    expect(exists).toMatchObject({ name: "GanymedeError", code: "RUN_EXISTS" });
    expect(exists).toMatchObject({ fault: { got: "one that holds a run" } });
    const broken = { ...config, fields: null } as unknown as RunConfig;
    const crash = await start(broken, "crash").catch((e: unknown) => e);
    expect(crash).toMatchObject({ code: "INTERNAL" });
    expect((crash as Error).message).toMatch(/please report it with .*crash\.txt/);
    expect(readFileSync(join(root, "crash", "crash.txt"), "utf8")).toMatch(
      /TypeError[\s\S]*\n {4}at /,
    );
  }, 20_000);
});

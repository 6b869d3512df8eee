import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ganymede } from "./terminal.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-health-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const tiny = ["--width", "8", "--batch", "4", "--threads", "1", "--chunk", "5", "--out", root];
const train = (...more: readonly string[]) => ganymede(["train", "gan-vanilla", ...tiny, ...more]);

test("a run that fails is explained, run again, and goes on slower", {
  timeout: 60_000,
}, async () => {
  const path = join(root, "wild");
  const wild = await train("--steps", "20", "--generator-rate", "1e25", "--name", "wild");
  expect(wild).toMatchObject({ code: 1, err: expect.stringMatching(/^error NON_FINITE/) });
  expect(wild.out).toMatch(/step \d+ was not finite\. \w+ in .* made (NaN|infinity)/);
  expect(wild.err).toContain("--rate-scale 0.5");

  const told = await ganymede(["health", path]);
  expect(told).toMatchObject({ code: 0, err: "" });
  expect(told.out).toMatch(/was not finite\.\n {2}\w+ in .* made/);
  const replayed = await ganymede(["health", path, "--replay", "--json"]);
  expect(replayed.code).toBe(0);
  expect(JSON.parse(replayed.out)).toMatchObject({ reproduced: true });

  const slower = await ganymede(["resume", path, "--rate-scale", "1e-28", "--threads", "1"]);
  expect(slower).toMatchObject({ code: 0, err: "" });
  const after = JSON.parse((await ganymede(["health", path, "--json"])).out);
  expect(after.rateCuts).toEqual([{ from: 0, factor: 1e-28 }]);
  expect(after.looks.map(({ step }: { step: number }) => step)).toEqual([10, 20]);
  expect(after.failures).toHaveLength(1);
});

test("a sound run says so; what cannot be run again is said", { timeout: 30_000 }, async () => {
  await train("--steps", "10", "--name", "sound");
  const path = join(root, "sound");
  const told = await ganymede(["health", path]);
  expect(told.out).toMatch(/d\.loss +\S+ +nats +healthy: 0\.2 to 1\.6/);
  expect(told.out).toMatch(/nothing wrong at the last look|try:/);
  const replayed = await ganymede(["health", path, "--replay"]);
  expect(replayed).toMatchObject({ code: 1, err: expect.stringMatching(/^error NO_REPRODUCTION/) });
});

test.each(["rollback,2", "rollback,0.5,0", "rollback,0.5,1.5", "retry", "rollback,0.5,3,4"])(
  "--on-nonfinite %s is refused",
  async (text) => {
    const { code, err } = await train("--on-nonfinite", text);
    expect(code).not.toBe(0);
    expect(err).toMatch(/^error OPTION/);
  },
);

test("--rate-scale is for runs that go on, and above 0", async () => {
  expect((await train("--rate-scale", "0.5")).err).toMatch(/^error UNKNOWN_OPTION/);
  await train("--steps", "5", "--name", "short");
  const none = await ganymede(["resume", join(root, "short"), "--rate-scale", "0"]);
  expect(none.err).toMatch(/^error OPTION[\s\S]*a number above 0/);
});

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ganymede } from "./terminal.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-commands-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const limit = { timeout: 30_000 };
const tiny = ["--width", "8", "--batch", "4", "--threads", "1", "--out", root];

test("train, sample and export, as a person at a terminal sees them", limit, async () => {
  const argv = ["train", "gan-vanilla", ...tiny, "--steps", "30", "--chunk", "10"];
  const train = await ganymede(argv, { isLive: true, columns: 90 });
  expect(train).toMatchObject({ code: 0, err: "" });
  const run = join(root, "gan-vanilla-001");
  // The legend, then one line that is rewritten, then what was written and what to do next.
  expect(train.out).toMatch(/^gan-vanilla: a generator learns/);
  expect(train.out).toMatch(/\n {2}d\.loss +\S.*\n(.*\n)* {2}g\.loss +\S/);
  expect(train.live.at(-1)).toMatch(/^step 30\/30 100 % {2}[\d,]+ images\/s {2}d\.loss -?\d/);
  expect(train.live.every((line) => line.length < 90)).toBe(true);
  expect(train.out).toMatch(/\ndone: step 30 after 0:0\d\n/);
  expect(train.out).toMatch(/\n {2}quality +of 1000: \d of 8 modes/);
  for (const file of ["samples/step-00000030.png", "checkpoints/step-00000030.safetensors"]) {
    expect(train.out).toContain(join(run, file));
    expect(existsSync(join(run, file))).toBe(true);
  }
  expect(train.out).toContain(`ganymede sample ${run}`);

  const sample = await ganymede(["sample", run, "-n", "10", "--out", join(root, "x", "grid.png")]);
  expect(sample).toMatchObject({ code: 0, err: "" });
  expect(
    readFileSync(join(root, "x", "grid.png"))
      .subarray(1, 4)
      .toString(),
  ).toBe("PNG");

  // Points: where they go, as a picture and as numbers; never as an animation.
  const way = ["interpolate", run, "--items", "1,5", "--frames", "6", "--out"];
  expect((await ganymede([...way, join(root, "way.png")])).out).toMatch(/^7 pictures through 2/);
  const table = await ganymede([...way, join(root, "way.csv"), "--loop", "--json"]);
  expect(JSON.parse(table.out)).toMatchObject({ format: "csv", frames: 12, step: 30 });
  const refused = await ganymede([...way, join(root, "way.gif")]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/^error SAMPLE_FORMAT/) });

  const exported = await ganymede(["export", run, "--json"]);
  expect(JSON.parse(exported.out)).toMatchObject({
    file: join(run, "generator.onnx"),
    dynamicBatch: true,
  });
});

test("piped, training prints plain lines; as JSON, events", limit, async () => {
  const argv = ["train", "gan-vanilla", ...tiny, "--steps", "4", "--chunk", "1"];
  const plain = await ganymede([...argv, "--name", "plain"]);
  expect(plain.live).toEqual([]);
  // One at the beginning, one at the end, none between, since seconds are few.
  expect(plain.out.match(/^step .*$/gm)).toHaveLength(2);
  const { out } = await ganymede([...argv, "--name", "json", "--json"]);
  const events = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string });
  expect(events.slice(0, 2).map(({ kind }) => kind)).toEqual(["memory", "start"]);
  expect(events.at(-1)).toMatchObject({ kind: "done", step: 4, why: "steps" });
});

test("lists name every system and source, with options and defaults", async () => {
  const systems = await ganymede(["systems"]);
  for (const id of ["dcgan", "gan-vanilla", "wgan-gp"]) expect(systems.out).toContain(id);
  const one = await ganymede(["systems", "dcgan"]);
  expect(one.out).toMatch(
    /--generator-rate +0\.0002 +Adam's learning rate of the generator \(number\)/,
  );
  const data = await ganymede(["data", "mnist", "--json"]);
  const side = { flag: "--data.side", takes: "16 or 28 or 32", initial: 28 };
  expect(JSON.parse(data.out)).toMatchObject({ id: "mnist", options: [{}, side, {}] });
  const help = await ganymede([]);
  expect(help.code).toBe(0);
  for (const verb of ["train", "sample", "interpolate", "export", "systems", "data", "doctor"]) {
    expect(help.out).toContain(`\n  ${verb} `);
  }
  expect((await ganymede(["train", "--help"])).out).toContain("--config <file>");
  expect((await ganymede(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("doctor starts what it can and trains a step", limit, async () => {
  const { code, out } = await ganymede(["doctor"]);
  expect(out).toMatch(/\n {2}cpu +starts: [\d.]+ GFLOP\/s\n/);
  expect(out).toMatch(/\nself-test +passed: one step of a tiny DCGAN in [\d.]+ ms\n/);
  expect(code).toBe(0);
});

test("Ctrl-C saves a checkpoint, says how to go on, and exits 130", limit, async () => {
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const argv = ["train", "gan-vanilla", ...tiny, "--name", "stopped", "--steps", "1000000"];
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), main, ...argv]);
  let said = "";
  let signalled = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (!signalled && /^step /m.test(said)) signalled = child.kill("SIGINT");
    });
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code).toBe(130);
  expect(said).toMatch(/stopped at step [\d,]+ after/);
  expect(said).toContain(` resume ${join(root, "stopped")}`);
  expect(readdirSync(join(root, "stopped", "checkpoints"))).toHaveLength(2);
});

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";
import { RunLock } from "../../src/train/run-lock.ts";
import { ganymede } from "./terminal.ts";

const out = mkdtempSync(join(tmpdir(), "ganymede-config-cli-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const file = join(out, "run.yaml");
writeFileSync(
  file,
  "system: gan-vanilla\noptions: { width: 8, batch: 4 }\nsteps: 6\nthreads: 1\nchunk: 2\n",
);
const limit = { timeout: 30_000 };

test(
  "a file and flags over it; a dry run prints a file of it and writes nothing",
  limit,
  async () => {
    const argv = ["train", "--config", file, "--out", out, "--width", "9", "--seed", "4"];
    const dry = await ganymede([...argv, "--dry-run"], { columns: 80 });
    expect(dry).toMatchObject({ code: 0, err: "" });
    expect(parse(dry.out)).toMatchObject({
      system: "gan-vanilla",
      options: { width: 9, batch: 4, depth: 2 },
      seed: 4,
      steps: 6,
    });
    expect(dry.out).toMatch(/\n# {2}net g +[\d,]+ parameters\n/);
    expect(dry.out).toMatch(/\n# {2}step graph +\d+ operators; 2 steps a call\n/);
    expect(Math.max(...dry.out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(existsSync(join(out, "gan-vanilla-001"))).toBe(false);
    const json = await ganymede([...argv, "--dry-run", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({
      config: { seed: 4 },
      preview: { nets: [{}, {}] },
    });
  },
);

test("a run, and what it is told to be", limit, async () => {
  const train = await ganymede(["train", "--config", file, "--out", out, "--name", "a", "--json"]);
  expect(train).toMatchObject({ code: 0, err: "" });
  const again = ["train", "--from", join(out, "a", "run.json"), "--out", out, "--name", "b"];
  expect(await ganymede([...again, "--seed", "1"])).toMatchObject({ code: 0, err: "" });
  const compared = await ganymede(["runs", "compare", "a", "b", "--out", out], { columns: 80 });
  expect(compared.out).toMatch(/\n {2}seed +0 +1\n/);
  const list = await ganymede(["runs", "--out", out, "--json"]);
  expect(JSON.parse(list.out)).toMatchObject([
    { name: "a", state: "done", step: 6 },
    { name: "b", state: "done" },
  ]);
  const table = await ganymede(["runs", "--out", out], { columns: 50 });
  for (const line of table.out.trim().split("\n")) expect(line.length).toBeLessThanOrEqual(50);
  expect(await ganymede(["runs", "tag", "b", "odd", "--out", out])).toMatchObject({ code: 0 });
  expect((await ganymede(["runs", "--tag", "odd", "--out", out])).out).not.toMatch(/^a /m);
});

test("nothing is deleted without a yes, nor while it is training", limit, async () => {
  const remove = (answer?: string, ...more: string[]) =>
    ganymede(
      ["runs", "delete", "b", "--out", out, ...more],
      answer === undefined ? {} : { answer },
    );
  expect(await remove()).toMatchObject({ code: 2, err: expect.stringMatching(/add --yes/) });
  expect(await remove("n")).toMatchObject({ code: 0, out: `kept: ${join(out, "b")}\n` });
  const lock = RunLock.take(join(out, "b"));
  expect(await remove("", "--yes")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/RUN_BUSY/),
  });
  const resumed = await ganymede(["resume", "b", "--out", out, "--steps", "9"]);
  expect(resumed).toMatchObject({ code: 1, err: expect.stringMatching(/RUN_BUSY/) });
  lock.release();
  expect(await remove("y")).toMatchObject({ code: 0, out: `deleted: ${join(out, "b")}\n` });
  expect(existsSync(join(out, "b"))).toBe(false);
});

test("wrong usage is code 2: of flags over a file, of two files, of no system", async () => {
  const wrong: [string[], RegExp][] = [
    [["train", "--config", file, "--widht", "3"], /UNKNOWN_OPTION[\s\S]*did you mean --width\?/],
    [["train", "--config", file, "--from", "x"], /either --config or --from/],
    [["train", "dcgan", "--config", file], /gan-vanilla, as in the file/],
    [["train"], /missing required argument 'system'/],
    [["train", "--config", join(out, "none.yaml")], /CONFIG_MISSING/],
    [["train", "dcgan", "--patience", "3"], /OPTION[\s\S]*best\.metric/],
    [["train", "dcgan", "--metrics-every", "3"], /OPTION[\s\S]*measure\.metrics/],
    [["train", "dcgan", "--keep-best", "pr"], /OPTION[\s\S]*improved-precision and/],
    [["runs", "comapre", "a", "b"], /UNKNOWN_COMMAND[\s\S]*did you mean compare\?/],
    [["sample", "x", "--checkpoint", "newest"], /OPTION[\s\S]*last, best or the number/],
  ];
  for (const [argv, message] of wrong) {
    const { code, err, out: printed } = await ganymede(argv, { columns: 200 });
    expect(err).toMatch(message);
    expect([code, printed], argv.join(" ")).toEqual([2, ""]);
  }
});

test("a schema goes to stdout, or to a file", async () => {
  const { out: printed } = await ganymede(["config", "schema", "gan-vanilla"]);
  expect(JSON.parse(printed)).toMatchObject({ type: "object", additionalProperties: false });
  const path = join(out, "schema.json");
  const written = await ganymede(["config", "schema", "--out", path]);
  expect(written).toMatchObject({ code: 0, out: "", err: `written: ${path}\n` });
  expect(existsSync(path)).toBe(true);
});

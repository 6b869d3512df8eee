import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toFault } from "../../src/app/faults.ts";
import { errorText } from "../../src/cli/error-text.ts";
import { exitCodeOf } from "../../src/cli/exit-codes.ts";
import { input } from "../../src/engine/ir/leaves.ts";
import { matmul } from "../../src/engine/ops/index.ts";
import { RunFolder } from "../../src/train/run-folder.ts";
import { ganymede, type Transcript } from "./terminal.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-cli-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const limit = { timeout: 30_000 };
const small = ["--width", "8", "--batch", "4", "--threads", "1"];

/** A failure as users meet it: its exit code, one message with all four parts, never a stack. */
function expectFault({ code, err }: Transcript, name: string, ...parts: (string | RegExp)[]): void {
  expect(err).toMatch(new RegExp(`^error ${name}\n`));
  for (const label of ["where", "expected", "got", "do this"]) expect(err).toMatch(`\n  ${label} `);
  for (const part of parts) expect(err).toMatch(part);
  expect(err).not.toMatch(/\n\s+at /);
  expect(code).toBe(exitCodeOf(name));
}

describe("what was mistyped is named, with what is nearest", () => {
  const mistakes: [string, string[], string, RegExp][] = [
    ["command", ["trian"], "UNKNOWN_COMMAND", /did you mean train\?/],
    ["system", ["train", "dcgna"], "UNKNOWN_SYSTEM", /did you mean dcgan\?/],
    ["preset", ["train", "dcgan", "--preset", "zzz"], "UNKNOWN_PRESET", /got +zzz/],
    ["data", ["train", "dcgan", "--data", "minst"], "UNKNOWN_DATA", /did you mean mnist\?/],
    ["option", ["train", "dcgan", "--widht", "3"], "UNKNOWN_OPTION", /did you mean --width\?/],
    ["flag", ["train", "dcgan", "--stesp", "3"], "UNKNOWN_OPTION", /did you mean --steps\?/],
    ["data's", ["train", "dcgan", "--data.sied", "8"], "UNKNOWN_OPTION", /mean --data\.side\?/],
    ["metric", ["train", "dcgan", "--metrics", "fdi"], "UNKNOWN_METRIC", /did you mean fid\?/],
    [
      "flag of evaluate",
      ["evaluate", "x", "--metric", "fid"],
      "UNKNOWN_OPTION",
      /mean --metrics\?/,
    ],
    ["flag of sample", ["sample", "x", "--sede", "3"], "UNKNOWN_OPTION", /did you mean --seed\?/],
  ];
  test.each(mistakes)("%s", async (_, argv, code, fix) => {
    expectFault(await ganymede(argv), code, fix);
  });

  test("a value of the wrong kind, a number out of range, a missing argument", async () => {
    const wrong = await ganymede(["train", "dcgan", "--width", "wide"]);
    expectFault(wrong, "OPTION", /expected +number\n +got +"wide"/);
    expectFault(
      await ganymede(["train", "dcgan", "--steps", "0"]),
      "OPTION",
      /whole number from 1/,
    );
    expectFault(await ganymede(["train"]), "USAGE", /missing required argument 'system'/);
    expectFault(await ganymede(["train", "dcgan", "extra"]), "UNEXPECTED_ARGUMENT", "extra");
  });

  test("data that a system cannot take, a run that is not there", async () => {
    expectFault(await ganymede(["train", "dcgan", "--data", "ring8"]), "DATA_FIELD", /field image/);
    expectFault(await ganymede(["sample", join(root, "none")]), "NO_RUN", /no such folder/);
    expectFault(await ganymede(["resume", "--out", root]), "NO_RUN");
  });

  test("as JSON too", async () => {
    const { code, err } = await ganymede(["systems", "dcgna", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(err)).toMatchObject({ error: { code: "UNKNOWN_SYSTEM" } });
  });
});

describe("data files", limit, () => {
  const images = "train-images-idx3-ubyte";
  const original = (name: string) => new URL(`../../data/mnist/${name}.gz`, import.meta.url);
  const train = (folder: string) => ganymede(["train", "dcgan", "--data.folder", folder]);

  test("missing", async () => {
    expectFault(await train(join(root, "nowhere")), "DATA_MISSING", images, /got +none/);
  });

  test("truncated, packed or not", async () => {
    const folder = join(root, "mnist");
    mkdirSync(folder);
    const packed = readFileSync(original(images));
    writeFileSync(join(folder, `${images}.gz`), packed.subarray(0, packed.length / 2));
    expectFault(await train(folder), "DATA_TRUNCATED", `${images}.gz`);
    rmSync(join(folder, `${images}.gz`));
    writeFileSync(join(folder, images), gunzipSync(packed).subarray(0, 1000));
    const labels = "train-labels-idx1-ubyte";
    copyFileSync(original(labels), join(folder, `${labels}.gz`));
    expectFault(await train(folder), "DATA_TRUNCATED", images, /47,?040,?016|60,?000/);
  });
});

test("a shape mismatch quotes both shapes and the user's line", () => {
  const mistake = (): unknown => {
    try {
      return matmul(input("x", [2, 3]), input("w", [4, 5]));
    } catch (error) {
      return error;
    }
  };
  const fault = toFault(mistake());
  const terminal = { colours: { red: String, bold: String }, columns: 300 };
  const err = `${errorText(fault, terminal as never)}\n`;
  expectFault({ code: 1, err, out: "", live: [] }, "SHAPE", /\[2,3\]/, /\[4,5\]/);
  // The line of `return matmul(` above, not one of the engine's.
  const line = readFileSync(import.meta.filename, "utf8")
    .split("\n")
    .findIndex((l) => l.includes("matmul(input"));
  expect(err).toMatch(`errors.test.ts:${line + 1}:`);
});

describe("runs", limit, () => {
  const path = join(root, "run");
  beforeAll(async () => {
    const argv = ["train", "gan-vanilla", ...small, "--steps", "3", "--out", root, "--name", "run"];
    expect(await ganymede(argv)).toMatchObject({ code: 0, err: "" });
  }, limit.timeout);

  test("a checkpoint of another system, or of other options", async () => {
    const wider = await ganymede(["resume", path, "--width", "9"]);
    expectFault(wider, "CHECKPOINT_MISMATCH", /width of .*run/, /expected +8\n +got +9/);
  });

  test("a run that exists, a folder below a file", async () => {
    const train = (out: string) =>
      ganymede(["train", "gan-vanilla", ...small, "--out", out, "--name", "run"]);
    expectFault(await train(root), "RUN_EXISTS", /ganymede resume/);
    writeFileSync(join(root, "file"), "");
    expectFault(await train(join(root, "file")), "UNWRITABLE", /correct the path/);
  });

  test("a damaged checkpoint", async () => {
    const copy = join(root, "damaged");
    RunFolder.create(copy, RunFolder.open(path).readConfig());
    const { info, snapshot } = RunFolder.open(path).load();
    RunFolder.open(copy).save(snapshot, info);
    writeFileSync(join(copy, "checkpoints", info.file), "short");
    expectFault(await ganymede(["sample", copy]), "CHECKPOINT_CORRUPT", /earlier one/);
  });
});

describe("a full disk", () => {
  const disk = join(root, "disk");
  const mounted = mount(disk);
  afterAll(() => {
    if (mounted) execFileSync("umount", [disk]);
  });

  test.skipIf(!mounted)("while saving leaves the last checkpoint whole", limit, async () => {
    const where = ["--out", disk, "--name", "run"];
    const train = await ganymede(["train", "gan-vanilla", ...small, "--steps", "5", ...where]);
    expect(train).toMatchObject({ code: 0 });
    const resume = () => ganymede(["resume", "run", "--out", disk, "--steps", "25"]);
    const before = RunFolder.open(join(disk, "run")).load();
    fill(join(disk, "filler"));
    const { info, snapshot } = before;
    const save = () => RunFolder.open(join(disk, "run")).save({ ...snapshot, step: 9 }, info);
    expect(save).toThrow(/checkpoints.*DISK_FULL/);
    expectFault(await resume(), "DISK_FULL", /free some space/);
    expect(RunFolder.open(join(disk, "run")).load()).toEqual(before);
    rmSync(join(disk, "filler"));
    expect(await resume()).toMatchObject({ code: 0, err: "" });
  });
});

/** A disk of half a megabyte, where this process may mount one (root on Linux). */
function mount(folder: string): boolean {
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Takes all the space but a page or two, so that a log still fits and a checkpoint does not. */
function fill(file: string): void {
  for (let bytes = 512 * 1024; bytes >= 4096; bytes -= 4096) {
    try {
      writeFileSync(file, new Uint8Array(bytes));
      return;
    } catch {
      rmSync(file, { force: true });
    }
  }
}

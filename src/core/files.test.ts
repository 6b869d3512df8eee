import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { GanymedeError } from "./errors.ts";
import { sweepTemporaries, writeAtomic } from "./files.ts";

vi.mock("node:fs", async (original) => {
  const real = await original<typeof fs>();
  const watched = ["writeFileSync", "fsyncSync", "renameSync", "openSync", "rmSync"] as const;
  return { ...real, ...Object.fromEntries(watched.map((name) => [name, vi.fn(real[name])])) };
});

let folder = "";
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), "ganymede-files-"));
});
afterEach(() => {
  vi.resetAllMocks(); // back to the real functions
  fs.rmSync(folder, { recursive: true, force: true });
});

const calls = {
  openSync: vi.mocked(fs.openSync),
  writeFileSync: vi.mocked(fs.writeFileSync),
  fsyncSync: vi.mocked(fs.fsyncSync),
  renameSync: vi.mocked(fs.renameSync),
};

/** Makes the next matching call of one file function fail as the system would. */
function fail(name: keyof typeof calls, code: string): void {
  calls[name].mockImplementationOnce(() => {
    throw Object.assign(new Error(`${code}: simulated`), { code });
  });
}

function thrownBy(act: () => void): GanymedeError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(GanymedeError);
    return error as GanymedeError;
  }
  throw new Error("nothing was thrown");
}

describe("success", () => {
  test("text, bytes and chunks arrive whole, and folders are made", () => {
    const path = join(folder, "a", "b", "file.bin");
    writeAtomic(path, "grüße");
    expect(fs.readFileSync(path, "utf8")).toBe("grüße");
    writeAtomic(path, Uint8Array.of(1, 2));
    expect([...fs.readFileSync(path)]).toEqual([1, 2]);
    writeAtomic(path, [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
    expect([...fs.readFileSync(path)]).toEqual([1, 2, 3]);
    expect(fs.readdirSync(join(folder, "a", "b"))).toEqual(["file.bin"]);
  });

  test("a view writes only its own bytes", () => {
    const path = join(folder, "view");
    writeAtomic(path, Uint8Array.of(9, 1, 2, 9).subarray(1, 3));
    expect([...fs.readFileSync(path)]).toEqual([1, 2]);
  });

  test("the bytes are flushed before the name changes", () => {
    const order: string[] = [];
    calls.fsyncSync.mockImplementation(() => void order.push("fsync"));
    calls.renameSync.mockImplementation(() => void order.push("rename"));
    writeAtomic(join(folder, "x"), "x");
    expect(order).toEqual(["fsync", "rename", "fsync"]);
  });

  test("a folder that cannot be flushed does not spoil a finished write", () => {
    const path = join(folder, "x");
    calls.fsyncSync.mockImplementationOnce(() => {}); // the file's own
    fail("fsyncSync", "EPERM");
    writeAtomic(path, "whole");
    expect(calls.fsyncSync).toHaveBeenCalledTimes(2);
    expect(fs.readFileSync(path, "utf8")).toBe("whole");
  });
});

describe("failure leaves the earlier file and no litter", () => {
  test.each([
    ["writeFileSync", "ENOSPC", "DISK_FULL", /free some space/],
    ["writeFileSync", "EDQUOT", "DISK_FULL", /free some space/],
    ["fsyncSync", "ENOSPC", "DISK_FULL", /free some space/],
    ["openSync", "EACCES", "UNWRITABLE", /you may write to/],
    ["openSync", "EROFS", "UNWRITABLE", /you may write to/],
    ["renameSync", "EPERM", "UNWRITABLE", /you may write to/],
    ["writeFileSync", "EIO", "UNWRITABLE", /choose another folder/],
  ] as const)("%s fails with %s", (name, errno, code, fix) => {
    const path = join(folder, "state");
    fs.appendFileSync(path, "earlier");
    fail(name, errno);
    const error = thrownBy(() => writeAtomic(path, [Uint8Array.of(1), Uint8Array.of(2)]));
    expect(error.code).toBe(code);
    expect(error.fault.where).toBe(path);
    expect(error.fault.got).toBe(errno);
    expect(error.fault.fix).toMatch(fix);
    expect(error.message).toContain("any earlier file there is untouched");
    expect(fs.readFileSync(path, "utf8")).toBe("earlier");
    expect(fs.readdirSync(folder)).toEqual(["state"]);
  });

  test("when the temporary file cannot be removed either, the first reason is shown", () => {
    fail("writeFileSync", "ENOSPC");
    vi.mocked(fs.rmSync).mockImplementationOnce(() => {
      throw Object.assign(new Error("EIO"), { code: "EIO" });
    });
    expect(thrownBy(() => writeAtomic(join(folder, "x"), "x")).code).toBe("DISK_FULL");
  });

  test("a path below a regular file", () => {
    fs.appendFileSync(join(folder, "plain"), "");
    const error = thrownBy(() => writeAtomic(join(folder, "plain", "x"), "x"));
    expect(error.code).toBe("UNWRITABLE");
    expect(error.fault.got).toMatch(/ENOTDIR|EEXIST/);
    expect(error.fault.fix).toContain("correct the path");
  });

  test("a folder where the file should be", () => {
    fs.mkdirSync(join(folder, "taken"));
    const error = thrownBy(() => writeAtomic(join(folder, "taken"), "x"));
    expect(error.code).toBe("UNWRITABLE");
    expect(error.fault.got).toBe("EISDIR");
    expect(fs.readdirSync(folder)).toEqual(["taken"]);
  });

  test.skipIf(!fs.existsSync("/proc/self"))("a file system that takes no files", () => {
    expect(thrownBy(() => writeAtomic("/proc/ganymede/x", "x")).code).toBe("UNWRITABLE");
    expect(thrownBy(() => writeAtomic("/proc/ganymede-x", "x")).code).toBe("UNWRITABLE");
  });
});

test("what a killed write left is swept, and nothing else", () => {
  calls.writeFileSync.mockImplementationOnce(() => {
    throw Object.assign(new Error("killed"), { code: "EIO" });
  });
  // A killed process removes nothing.
  vi.mocked(fs.rmSync).mockImplementationOnce(() => {});
  expect(() => writeAtomic(join(folder, "a.json"), "new")).toThrow(GanymedeError);
  fs.writeFileSync(join(folder, ".notes.tmp"), "kept");
  fs.writeFileSync(join(folder, "b.json"), "kept");
  expect(fs.readdirSync(folder)).toHaveLength(3);
  sweepTemporaries(folder);
  expect(fs.readdirSync(folder).sort()).toEqual([".notes.tmp", "b.json"]);
  sweepTemporaries(join(folder, "missing"));
});

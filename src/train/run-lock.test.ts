import { spawn, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Holder, holderOf, RunLock } from "./run-lock.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-lock-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let run: string;
const file = () => join(run, "lock.json");
beforeEach(() => {
  run = mkdtempSync(join(root, "run-"));
});

function leave(holder: Partial<Holder>, ageSeconds = 0): void {
  const whole = { pid: process.pid, host: hostname(), token: "other", ...holder };
  writeFileSync(file(), JSON.stringify(whole));
  const at = Date.now() / 1000 - ageSeconds;
  utimesSync(file(), at, at);
}

test("one training at a time; the next after it", () => {
  const lock = RunLock.take(run);
  expect(holderOf(run)).toMatchObject({ pid: process.pid, host: hostname() });
  expect(() => RunLock.take(run)).toThrow(
    new RegExp(
      `RUN_BUSY expected a run that nobody trains, got one that process ${process.pid} on`,
    ),
  );
  lock.touch();
  lock.release();
  expect(holderOf(run)).toBeUndefined();
  RunLock.take(run).release();
  expect(readdirSync(run)).toEqual([]);
});

describe("a lock left behind is taken over", () => {
  const take = () => {
    expect(holderOf(run)).toBeUndefined();
    const lock = RunLock.take(run);
    expect(JSON.parse(readFileSync(file(), "utf8"))).toMatchObject({ pid: process.pid });
    lock.release();
    expect(readdirSync(run)).toEqual([]);
  };

  test("of a process that is gone", () => {
    const { pid } = spawnSync(process.execPath, ["-e", "0"]);
    leave({ pid });
    take();
  });

  test("of a process whose number another one has now", () => {
    leave({ processStart: "1" }, process.platform === "linux" ? 0 : 3600);
    take();
  });

  test("of another machine that has been silent for long", () => {
    leave({ host: "elsewhere" }, 3600);
    take();
  });

  test("that was cut off while it was written", () => {
    leave({}, 60);
    writeFileSync(file(), '{"pid":');
    utimesSync(file(), 1, 1);
    take();
  });
});

describe("a lock is respected", () => {
  test("of a living process, however long it has not spoken", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      stdio: "ignore",
    });
    try {
      leave({ pid: child.pid! }, process.platform === "linux" ? 3600 : 0);
      expect(() => RunLock.take(run)).toThrow(/RUN_BUSY.*process \d+ on/);
    } finally {
      child.kill();
    }
  });

  test("of another machine that spoke a minute ago", () => {
    leave({ host: "elsewhere" }, 60);
    expect(() => RunLock.take(run)).toThrow(/RUN_BUSY.*on elsewhere/);
  });

  test("while it is being written", () => {
    writeFileSync(file(), "");
    expect(() => RunLock.take(run)).toThrow(/RUN_BUSY.*another process/);
  });

  test("by a training that lost it: what is another's is not removed", () => {
    const lock = RunLock.take(run);
    leave({});
    lock.release();
    expect(readdirSync(run)).toEqual(["lock.json"]);
  });
});

test("a folder that cannot be made is a coded error", () => {
  const path = join(run, "file");
  mkdirSync(run, { recursive: true });
  writeFileSync(path, "");
  expect(() => RunLock.take(join(path, "run"))).toThrow(/UNWRITABLE.*correct the path/);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canMount, Disk } from "./disks.ts";
import { differences, massacre } from "./kills.ts";
import { newest, start, type Trial } from "./runs.ts";

const out = mkdtempSync(join(tmpdir(), "ganymede-survival-"));
afterAll(() => rmSync(out, { recursive: true }));

test("a killed run goes on from its last checkpoint and ends bit-equal", {
  timeout: 300_000,
}, async () => {
  const toll = await massacre(out, { kills: 5, steps: 200 });
  expect(toll).toMatchObject({ kills: 5, faults: [] });
});

/** Without an administrator's rights these are skipped, and say so. */
describe.skipIf(!canMount())(
  "a disk that gives out (mounted as administrator)",
  {
    timeout: 300_000,
  },
  () => {
    const whole: Trial = { out, name: "on-a-good-disk", steps: 100 };
    beforeAll(async () => {
      expect(await start(whole).ended).toBe(0);
    });

    // A checkpoint takes about 2 MiB, and the last two are kept while the next one is written.
    test.each([4, 3000])("full after %i KiB", async (room) => {
      const disk = new Disk(16);
      try {
        disk.fill(room);
        const trial = { ...whole, out: disk.path, name: "run" };
        const squeezed = start(trial);
        expect(await squeezed.ended).toBe(1);
        expect(JSON.parse(squeezed.errors).error).toMatchObject({ code: "DISK_FULL" });
        const saved = newest(trial);
        disk.empty();
        const going = start(trial);
        expect(await going.from).toBe(saved);
        expect(await going.ended, going.errors).toBe(0);
        expect(differences(whole, trial)).toEqual([]);
      } finally {
        disk.dispose();
      }
    });

    test("read-only from the start, and from some moment on", async () => {
      const disk = new Disk(16);
      try {
        const trial = { ...whole, out: disk.path, name: "run", steps: 100_000 };
        disk.allowWrites(false);
        const refused = start(trial);
        expect(await refused.ended).toBe(1);
        expect(JSON.parse(refused.errors).error).toMatchObject({ code: "UNWRITABLE" });
        disk.allowWrites(true);
        const short = { ...trial, steps: 100 };
        expect(await start(short).ended).toBe(0);
        const longer = start(trial);
        await longer.from;
        disk.allowWrites(false);
        expect(await longer.ended).toBe(1);
        expect(JSON.parse(longer.errors).error).toMatchObject({ code: "UNWRITABLE" });
        disk.allowWrites(true);
        expect(newest(short)).toBeGreaterThanOrEqual(100);
        expect(await start({ ...short, steps: newest(short) + 10 }).ended).toBe(0);
      } finally {
        disk.dispose();
      }
    });
  },
);

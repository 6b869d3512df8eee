import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSystem, resolveConfig } from "../../app/config.ts";
import { openRun } from "../../app/sample.ts";
import { startTraining } from "../../app/train.ts";
import { pixelsOf } from "../../train/pixels.ts";
import { type StudioServer, startStudio } from "../server.ts";
import type { Described } from "./explore.ts";

let folder: string;
let run: string;
let studio: StudioServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ganymede-explore-"));
  const { tiny } = await loadSystem("acgan");
  const { config } = await resolveConfig({
    system: "acgan",
    options: tiny,
    data: "mnist",
    dataOptions: { side: 16 },
    steps: 4,
    threads: 1,
  });
  run = join(folder, "runs", "one");
  await startTraining({ config, runPath: run, resume: false }).done;
  writeFileSync(join(folder, "index.html"), "page");
  studio = await startStudio({ out: join(folder, "runs"), port: 0, page: folder });
}, 120_000);

afterAll(async () => {
  await studio?.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, body?: unknown) =>
  fetch(`http://127.0.0.1:${studio.port}/api/explore/${path}`, {
    headers: { authorization: `Bearer ${studio.token}` },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });

test("says what a run makes, and from what", async () => {
  const said = (await (await ask("one")).json()) as Described;
  expect(said).toMatchObject({ system: "acgan", step: 4, shape: [1, 16, 16] });
  expect(said.classes).toHaveLength(10);
  expect((await ask("two")).status).toBe(404);
});

test("makes the pixels that the library makes, by seed, by pin and of a class", async () => {
  const items = { seed: 3, count: 64 };
  const answer = await ask("one/sample", { items });
  expect(answer.headers.get("x-shape")).toBe("64,1,16,16");
  const pixels = new Uint8Array(await answer.arrayBuffer());
  const open = await openRun(run);
  expect(pixels).toEqual(pixelsOf(await open.sample(items), open.field));
  const pinned = await ask("one/sample", { items: { pins: [{ item: "3:7" }] } });
  // Another block of items at once may round a pixel to its neighbour.
  const alike = pixels.subarray(7 * 256, 8 * 256);
  new Uint8Array(await pinned.arrayBuffer()).forEach((v, i) => {
    expect(Math.abs(v - alike[i]!)).toBeLessThanOrEqual(1);
  });
  const threes = await ask("one/sample", { items: { ...items, label: 3 } });
  const of = await open.sample({ ...items, labels: [3] });
  expect(new Uint8Array(await threes.arrayBuffer())).toEqual(pixelsOf(of, open.field));
  await open.dispose();
}, 60_000);

test("refuses what is out of bounds, with a fix", async () => {
  const wrong = [
    { items: { seed: 0, count: 100_000 } },
    { items: { seed: 0, count: 4, label: 10 } },
    { items: { pins: [{ item: "@../../etc" }] } },
    { items: { pins: [{ item: "@00000000" }] } },
    { checkpoint: 3, items: { seed: 0, count: 4 } },
    {},
  ];
  for (const body of wrong) {
    const answer = await ask("one/sample", body);
    expect([400, 404]).toContain(answer.status);
    expect(((await answer.json()) as { fault: { fix: string } }).fault.fix).not.toBe("");
  }
}, 60_000);

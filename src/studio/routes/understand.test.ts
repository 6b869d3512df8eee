import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSystem, resolveConfig } from "../../app/config.ts";
import { codesOf } from "../../app/net-probe.ts";
import { type OpenRun, openRun } from "../../app/sample.ts";
import { startTraining } from "../../app/train.ts";
import { type OpenLayer, openLayer } from "../../app/unit-layer.ts";
import { pixelsOf } from "../../train/pixels.ts";
import { type StudioServer, startStudio } from "../server.ts";
import type { AttentionAbout, Effects, FiltersAbout, NetLayers, TopItems } from "./understand.ts";

let folder: string;
let studio: StudioServer;
let run: OpenRun;
let open: OpenLayer;

async function trained(system: string, options: object): Promise<void> {
  const { tiny } = await loadSystem(system);
  const { config } = await resolveConfig({
    system,
    options: { ...tiny, ...options },
    data: "mnist",
    dataOptions: { side: 16 },
    steps: 4,
    threads: 1,
  });
  await startTraining({ config, runPath: join(folder, "runs", system), resume: false }).done;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ganymede-understand-"));
  await trained("dcgan", {});
  await trained("sagan", { attention: 1 });
  writeFileSync(join(folder, "index.html"), "page");
  studio = await startStudio({ out: join(folder, "runs"), port: 0, page: folder });
  run = await openRun(join(folder, "runs", "dcgan"));
  open = openLayer(run, "g.act1", 8);
}, 120_000);

afterAll(async () => {
  await studio?.close();
  await open?.dispose();
  await run?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, body: unknown = {}) =>
  fetch(`http://127.0.0.1:${studio.port}/api/understand/${path}`, {
    headers: { authorization: `Bearer ${studio.token}` },
    method: "POST",
    body: JSON.stringify(body),
  });
const floats = async (answer: Response) => new Float32Array(await answer.arrayBuffer());
const aboutOf = (answer: Response): unknown =>
  JSON.parse(decodeURIComponent(answer.headers.get("x-about")!));
const layer = "g.act1";

test("says what there is to look at", async () => {
  const found = (await (await ask("sagan/layers")).json()) as NetLayers;
  expect(found.layers.map((l) => l.name)).toContain("g.attention");
  expect(found.attention).toMatchObject([{ name: "g.attention", from: [8, 8], to: [4, 4] }]);
  expect(found.scores).toBe(false);
});

test("maps, and pictures under changes, are the library's", async () => {
  const items = [5, 2];
  const codes = codesOf(run, items, { seed: 3 });
  const changes = [{ units: [1], factor: 0 }, { factor: 2 }];
  const seen = await open.see(codes, changes);
  const maps = await ask("dcgan/maps", { layer, seed: 3, items });
  expect(maps.headers.get("x-shape")).toBe("8,1,8,8");
  expect(await floats(maps)).toEqual(seen.maps);
  const one = await floats(await ask("dcgan/maps", { layer, seed: 3, items, unit: 2 }));
  expect(one.subarray(64)).toEqual(seen.maps.subarray((4 + 2) * 64, (4 + 3) * 64));
  const changed = await ask("dcgan/changed", { layer, seed: 3, items, changes });
  const pixels = new Uint8Array(await changed.arrayBuffer());
  expect(pixels).toEqual(pixelsOf(seen.items, run.field));
  const plain = await ask("dcgan/changed", { layer, seed: 3, items });
  expect(pixels).not.toEqual(new Uint8Array(await plain.arrayBuffer()));
});

test("a discriminator's layer changes its scores", async () => {
  const asked = { layer: "d.act0", items: [0, 1] };
  const plain = aboutOf(await ask("dcgan/changed", asked)) as { scores: number[] };
  const off = { ...asked, changes: [{ factor: 0 }] };
  const changed = aboutOf(await ask("dcgan/changed", off)) as { scores: number[] };
  expect(plain.scores).toHaveLength(2);
  expect(changed.scores).not.toEqual(plain.scores);
});

test("ranks samples and units", async () => {
  const top = (await (await ask("dcgan/top", { layer, unit: 1, count: 20 })).json()) as TopItems;
  const numbers = Array.from({ length: 20 }, (_, i) => i);
  const { maps } = await open.see(codesOf(run, numbers, { seed: 0 }));
  const best = numbers.map((i) => Math.max(...maps.subarray((i * 4 + 1) * 64, (i * 4 + 2) * 64)));
  expect(top.values[0]).toBe(Math.max(...best));
  expect(best[top.items[0]!]).toBe(top.values[0]);
  const effects = (await (await ask("dcgan/effects", { layer })).json()) as Effects;
  expect(effects.of).toBe("pixels");
  expect(effects.effects).toHaveLength(4);
  expect(Math.max(...effects.effects)).toBeGreaterThan(0);
});

test("gives filters where there are any, and attention", async () => {
  const filters = await ask("dcgan/filters", { layer: "d.down0" });
  expect(filters.headers.get("x-shape")).toBe("4,1,4,4");
  expect((aboutOf(filters) as FiltersAbout).norms).toHaveLength(4);
  expect((await ask("dcgan/filters", { layer })).headers.get("x-shape")).toBe("0");
  const attention = await ask("sagan/attention", { layer: "g.attention", items: [0] });
  expect((aboutOf(attention) as AttentionAbout).to).toEqual([4, 4]);
  const weights = await floats(attention);
  expect(weights.subarray(0, 16).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
});

test("refuses what is not there, with a fix", async () => {
  const wrong: [string, unknown][] = [
    ["maps", { layer: "g.act9", items: [0] }],
    ["changed", { layer, items: [0], changes: [{ units: [99] }] }],
    ["changed", { layer, items: [0], label: 3 }],
    ["top", { layer, unit: 4 }],
    ["maps", { layer, items: [] }],
    ["attention", { layer: "g.attention", items: [0] }],
  ];
  for (const [path, body] of wrong) {
    const answer = await ask(`dcgan/${path}`, body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { fault: { fix: string } }).fault.fix).not.toBe("");
  }
});

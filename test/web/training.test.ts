import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSystem, resolveConfig } from "../../src/app/config.ts";
import { buildGame } from "../../src/app/systems.ts";
import { nodeCpu } from "../../src/engine/run/node-cpu.ts";
import { Sampler } from "../../src/train/sampler.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { inChromium } from "../in-chromium.ts";
import { inPage, makeSite, type Opened, openSite, type Site, until } from "./_site.ts";

const limit = 300_000;

/** What a page is told by a training, and how to run one there. */
const helpers = `
  const { startTraining } = ganymede;
  const begin = (request) => {
    const events = [];
    const training = startTraining(request, (e) => events.push(e));
    return { training, events, of: (kind) => events.filter((e) => e.kind === kind) };
  };
  const ring = { system: "gan-vanilla", options: { width: 16, batch: 16 }, seed: 3, device: "wasm" };
`;
const run = <T>(page: Opened, body: string) => inPage<T>(page, `${helpers}${body}`);

/** The same training in Node. */
async function inNode(steps: number) {
  const system = await loadSystem("gan-vanilla");
  const options = { width: 16, batch: 16 };
  const asked = { system: "gan-vanilla", data: "ring8", options, seed: 3 };
  const { config, source } = await resolveConfig(asked);
  const game = buildGame(system, config);
  const provider = await nodeCpu({ threads: 1 });
  const trainer = new Trainer({ game, source, provider, seed: 3, chunk: 1 });
  const rows = [];
  while (trainer.step < steps) rows.push(...(await trainer.advance(steps)));
  const sampler = new Sampler(game, trainer.variables, provider);
  const items = await sampler.sample((name) => trainer.value(name), { count: 5, seed: 7 });
  await Promise.all([sampler.dispose(), trainer.dispose()]);
  return { rows, items };
}

const near = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number) => {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(tolerance);
};

inChromium("trains in Chromium", () => {
  let site: Site;
  let isolated: Opened;
  beforeAll(async () => {
    site = await makeSite();
    isolated = await openSite(site.folder);
  }, limit);
  afterAll(async () => {
    await isolated?.close();
    site?.remove();
  });

  test("as in Node, to the last digits, and tells of it", { timeout: limit }, async () => {
    const said = await run<Said>(
      isolated,
      `const { training, of } = begin({ ...ring, steps: 30, threads: 2 });
       const end = await training.done;
       const { items, field, step } = await training.sample({ count: 5, seed: 7 });
       const model = await training.exportOnnx();
       training.close();
       const rows = of("progress").flatMap((e) => e.rows);
       return { end, rows, items: [...items], shape: field.shape, step, on: of("start")[0].on,
         pictures: of("samples").map((e) => e.items.length), real: of("start")[0].real.length,
         warnings: of("warning"), model: { ...model, bytes: model.bytes.length } };`,
    );
    const { rows, items } = await inNode(30);
    expect(said.end).toEqual({ kind: "end", step: 30, why: "steps" });
    expect(said.on).toBe("2 threads");
    expect(said.warnings).toEqual([]);
    expect(said.rows.map((r) => r.step)).toEqual(rows.map((r) => r.step));
    for (const [i, { values }] of rows.entries()) {
      near(Object.values(said.rows[i]!.values), Object.values(values), 1e-4);
    }
    near(said.items, items, 1e-4);
    expect(said.shape).toEqual([2]);
    expect(said.pictures.at(-1)).toBe(1024);
    expect(said.real).toBe(1024);
    expect(said.model).toMatchObject({ dynamicBatch: true });
    expect(said.model.maxDifference).toBeLessThan(1e-5);
    expect(isolated.errors).toEqual([]);
  });

  test("steps, pauses, saves, goes back and on, bit for bit", { timeout: limit }, async () => {
    const said = await run<Saved>(
      isolated,
      `const { training, of } = begin({ ...ring, steps: Infinity, threads: 1, paused: true });
       const hash = async () => [...new Uint8Array(await crypto.subtle.digest("SHA-256", await training.snapshot()))].join();
       await training.step(3);
       const three = await training.snapshot();
       await training.step(4);
       const seven = await hash();
       await training.restore(three);
       await training.step(4);
       const again = await hash();
       const other = begin({ ...ring, threads: 1, restore: three, steps: 7 });
       await other.training.done;
       const elsewhere = [...new Uint8Array(await crypto.subtle.digest("SHA-256", await other.training.snapshot()))].join();
       const wrong = begin({ ...ring, options: { width: 8 }, restore: three });
       const refusal = await wrong.training.done.catch((e) => e.code);
       await training.resume();
       while (of("progress").at(-1).step < 20) await new Promise((r) => setTimeout(r, 10));
       await training.pause();
       const paused = of("paused").at(-1).step;
       await new Promise((r) => setTimeout(r, 200));
       const still = (await training.sample({ count: 1, seed: 0 })).step;
       const anew = await training.change({ options: { width: 24 } });
       await training.step(2);
       const changed = of("start").at(-1);
       const same = await training.change({ options: { generatorRate: 1e-4 } });
       await training.stop();
       const end = await training.done;
       [training, other.training, wrong.training].forEach((t) => t.close());
       return { seven, again, elsewhere, refusal, paused, still, anew: anew.length, same, end,
         width: changed.options.width };`,
    );
    expect(said.again).toBe(said.seven);
    expect(said.elsewhere).toBe(said.seven);
    expect(said.refusal).toBe("CHECKPOINT_MISMATCH");
    expect(said.paused).toBeGreaterThanOrEqual(20);
    expect(said.still).toBe(said.paused);
    expect(said.anew).toBeGreaterThan(4);
    expect(said.same).toEqual([]);
    expect(said.width).toBe(24);
    expect(said.end).toMatchObject({ why: "stopped", step: said.paused + 2 });
  });

  test("learns from files, addresses and arrays of a page", { timeout: limit }, async () => {
    const said = await run<Learnt>(
      isolated,
      `const picture = async (colour, width) => {
         const canvas = new OffscreenCanvas(width, 12);
         const pen = canvas.getContext("2d");
         pen.fillStyle = colour;
         pen.fillRect(0, 0, width, 12);
         return new File([await canvas.convertToBlob()], colour + ".png");
       };
       const files = [await picture("red", 12), new File(["no picture"], "bad.png"), await picture("blue", 30)];
       const small = { system: "dcgan", options: { width: 4, discriminatorWidth: 4, latent: 4, batch: 4 },
         device: "wasm", threads: 1, steps: 2 };
       const results = [];
       for (const data of [
         { kind: "images", images: files, side: 16 },
         { kind: "images", images: [new ImageData(20, 20), await createImageBitmap(files[0])], side: 16, channels: 1, labels: [0, 1], mirror: true },
         { kind: "idx", images: "data/mnist/t10k-images-idx3-ubyte.gz", labels: "data/mnist/t10k-labels-idx1-ubyte.gz", side: 16 },
         { kind: "idx", images: "data/mnist/nowhere.gz" },
         { kind: "images", images: [files[1]], side: 16 },
       ]) {
         const { training, of } = begin({ ...small, data });
         const end = await training.done.then((e) => e.why, (e) => e.code);
         training.close();
         const start = of("start")[0];
         results.push({ end, shape: start?.field.shape, real: start && [...start.real.slice(0, 4)],
           warning: of("warning")[0]?.text });
       }
       const points = { kind: "points", points: Float32Array.from({ length: 64 }, (_, i) => Math.sin(i)) };
       const { training } = begin({ ...ring, data: points, steps: 2, threads: 1 });
       results.push({ end: (await training.done).why });
       training.close();
       const unknown = begin({ ...ring, data: { kind: "source", id: "ring9" } });
       results.push({ end: await unknown.training.done.catch((e) => e.code) });
       unknown.training.close();
       return results;`,
    );
    expect(said.map((r) => r.end)).toEqual([
      "steps",
      "steps",
      "steps",
      "DATA_MISSING",
      "DATA_EMPTY",
      "steps",
      "UNKNOWN_DATA",
    ]);
    const [files, grey, digits] = said as [Learnt[0], Learnt[0], Learnt[0]];
    expect(files.shape).toEqual([3, 16, 16]);
    expect([0, 255]).toContain(files.real![0]);
    expect(files.warning).toMatch(/1 of 3 pictures cannot be read.*bad\.png/);
    expect(grey.shape).toEqual([1, 16, 16]);
    expect(digits.shape).toEqual([1, 16, 16]);
  });

  test("says what is not there", { timeout: limit }, async () => {
    const page = await openSite(site.folder, { isolated: false });
    try {
      const said = await run<{ warnings: string[]; on: string; code: string; system: string }>(
        page,
        `const one = begin({ ...ring, steps: 2, threads: 4 });
         await one.training.done;
         const two = begin({ ...ring, device: "webgpu" });
         const code = await two.training.done.catch((e) => e.code);
         const three = begin({ system: "gan-vanila" });
         const system = await three.training.done.catch((e) => e.message);
         [one, two, three].forEach(({ training }) => training.close());
         return { warnings: one.of("warning").map((e) => e.text), on: one.of("start")[0].on, code, system };`,
      );
      expect(said.on).toBe("1 thread");
      expect(said.warnings.join()).toMatch(/one thread: .*Cross-Origin-Opener-Policy/);
      expect(said.code).toBe("NO_WEBGPU");
      expect(said.system).toMatch(/UNKNOWN_SYSTEM.*did you mean gan-vanilla/);
    } finally {
      await page.close();
    }
  });

  test("with its script on another server", { timeout: limit }, async () => {
    const headers = {
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
    };
    const library = await openSite(site.folder, { headers });
    const html = `<!doctype html><script type="module">import * as g from "${library.address}ganymede/ganymede.js"; window.ganymede = g;</script>`;
    const server = createServer((_, response) => response.end(html)).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    try {
      await library.send("Page.navigate", { url: `http://127.0.0.1:${port}/` });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const why = await run<string>(
        library,
        `const { training } = begin({ ...ring, steps: 2 });
         const end = await training.done;
         training.close();
         return end.why;`,
      );
      expect(why).toBe("steps");
    } finally {
      await library.close();
      server.close();
    }
  });

  test("on WebGPU, state on the device, by SwiftShader", { timeout: 2 * limit }, async () => {
    const page = await openSite(site.folder, { webgpu: true });
    try {
      const said = await run<Said & { device: string }>(
        page,
        `const { training, of } = begin({ ...ring, device: "webgpu", steps: 4, pictures: { count: 64 } });
         const end = await training.done;
         const { items } = await training.sample({ count: 5, seed: 7 });
         training.close();
         return { end, rows: of("progress").flatMap((e) => e.rows), items: [...items],
           device: of("start")[0].device, warnings: of("warning").map((e) => e.text) };`,
      );
      const { rows, items } = await inNode(4);
      expect(said.device).toBe("webgpu");
      expect(said.warnings.join()).toMatch(/WebGPU is a program here/);
      for (const [i, { values }] of rows.entries()) {
        near(Object.values(said.rows[i]!.values), Object.values(values), 1e-3);
      }
      near(said.items, items, 1e-3);
    } finally {
      await page.close();
    }
  });

  test("goes on after its GPU was lost", { timeout: 2 * limit }, async () => {
    const page = await openSite(site.folder, { webgpu: true });
    try {
      await run(
        page,
        `window.one = begin({ ...ring, device: "webgpu", steps: Infinity, pictures: { everySeconds: Infinity } });`,
      );
      await until(page, "one.of('progress').length > 1", 300);
      await page.crashGpu();
      await until(page, "one.of('start').length > 1 && one.events.at(-1).kind === 'progress'", 300);
      const said = await run<{ warning: string; end: object }>(
        page,
        `await one.training.stop();
         const end = await one.training.done;
         one.training.close();
         return { end, warning: one.of("warning").map((e) => e.text).join() };`,
      );
      expect(said.warning).toMatch(/the GPU was lost .*DEVICE_LOST.*last state that was kept/);
      expect(said.end).toMatchObject({ why: "stopped" });
    } finally {
      await page.close();
    }
  });
});

interface Said {
  readonly end: object;
  readonly rows: readonly { readonly step: number; readonly values: Record<string, number> }[];
  readonly items: readonly number[];
  readonly shape: readonly number[];
  readonly on: string;
  readonly pictures: readonly number[];
  readonly real: number;
  readonly warnings: readonly string[];
  readonly model: { readonly maxDifference: number };
}

interface Saved {
  readonly seven: string;
  readonly again: string;
  readonly elsewhere: string;
  readonly refusal: string;
  readonly paused: number;
  readonly still: number;
  readonly anew: number;
  readonly same: readonly string[];
  readonly width: number;
  readonly end: object;
}

type Learnt = {
  readonly end: string;
  readonly shape?: readonly number[];
  readonly real?: readonly number[];
  readonly warning?: string;
}[];

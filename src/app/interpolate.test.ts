import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode as decodePng } from "fast-png";
import { decodeFrames } from "modern-gif";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { classes, conditionalRun } from "../../test/conditional-run.ts";
import type { CodeLayout } from "../train/codes.ts";
import { journey, slerp } from "../train/journey.ts";
import { interpolate } from "./interpolate.ts";
import type { OpenRun } from "./sample.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-interpolate-"));
let run: OpenRun;
beforeAll(async () => {
  run = await conditionalRun(root);
});
afterAll(async () => {
  await run.dispose();
  rmSync(root, { recursive: true, force: true });
});
afterEach(() => vi.unstubAllEnvs());

const length = (v: Float32Array) => Math.hypot(...v);

describe("the way between codes", () => {
  test("slerp keeps the length and turns evenly; lines do where there is no arc", () => {
    const [a, b] = [Float32Array.of(2, 0, 0), Float32Array.of(0, 2, 0)];
    const third = slerp(a, b, 1 / 3);
    expect(length(third)).toBeCloseTo(2, 6);
    expect(third[0]).toBeCloseTo(2 * Math.cos(Math.PI / 6), 6);
    expect(third[1]).toBeCloseTo(2 * Math.sin(Math.PI / 6), 6);
    expect(slerp(a, a, 0.4)).toEqual(a);
    expect(slerp(a, Float32Array.of(-2, 0, 0), 0.5)[0]).toBeCloseTo(0, 6);
    expect(slerp(a, Float32Array.of(0, 0, 0), 0.5)[0]).toBe(1);
  });

  test("normal parts take the arc, uniform ones the line; keys are met, and loops close", () => {
    const layout: CodeLayout = {
      size: 4,
      parts: [
        { name: "z", distribution: "normal", shape: [2], from: 0, size: 2 },
        { name: "u", distribution: "uniform", shape: [2], from: 2, size: 2 },
      ],
    };
    const keys = Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1);
    const way = journey(keys, layout, { perLeg: 2, loop: false });
    expect(way.frames).toBe(3);
    const half = way.codes.slice(4, 8);
    expect(half[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(half[2]).toBeCloseTo(0.5, 6);
    expect(way.codes.slice(8)).toEqual(keys.slice(4));
    const round = journey(keys, layout, { perLeg: 3, loop: true, path: "linear" });
    expect(round.frames).toBe(6);
    expect(round.between[5]).toMatchObject({ from: 1, to: 0 });
    expect(round.codes[4]).toBeCloseTo(2 / 3, 6);
  });
});

/** The first samples of a seed as keys, all of one class. */
const keysOf = (count: number, labels = Array<number>(count).fill(1)) => ({
  codes: run.sampler.codes({ seed: 4, count }),
  count,
  labels,
});

describe("animations", () => {
  const pixelOf = async (labels = [1]) => {
    const [first] = await run.sample({ seed: 4, count: 1, labels });
    return Math.round((first! + 1) * 127.5);
  };

  test("GIF: every frame, in grey as it is, without end", async () => {
    const out = join(root, "a.gif");
    const made = await interpolate(run, keysOf(3), {
      out,
      perLeg: 5,
      loop: true,
      zoom: 3,
      fps: 20,
    });
    expect(made).toEqual({ file: out, format: "gif", frames: 15 });
    const bytes = Buffer.from(Uint8Array.from(readFileSync(out)).buffer);
    const frames = decodeFrames(bytes);
    expect(frames).toHaveLength(15);
    expect(frames[0]).toMatchObject({ width: 12, height: 12, delay: 50 });
    expect(Math.abs(frames[0]!.data[0]! - (await pixelOf()))).toBeLessThanOrEqual(1);
    expect(bytes.includes("NETSCAPE2.0")).toBe(true);
  });

  test("WebP: the same frames without loss", async () => {
    const out = join(root, "a.webp");
    await interpolate(run, keysOf(2), { out, perLeg: 4, zoom: 2, fps: 10 });
    const { pages, pageHeight, loop, delay } = await sharp(out, { animated: true }).metadata();
    expect({ pages, pageHeight, loop }).toEqual({ pages: 5, pageHeight: 8, loop: 0 });
    expect(delay).toEqual(Array(5).fill(100));
    const first = await sharp(out, { page: 0 }).raw().toBuffer();
    expect(first[0]).toBe(await pixelOf());
  });

  test("MP4 where ffmpeg is, in even sizes", async (context) => {
    try {
      execFileSync("ffmpeg", ["-version"], { stdio: "ignore" });
    } catch {
      context.skip("no ffmpeg on this machine");
    }
    const out = join(root, "a.mp4");
    await interpolate(run, keysOf(2), { out, perLeg: 4, zoom: 5 });
    expect(readFileSync(out).subarray(4, 8).toString()).toBe("ftyp");
    const shown = execFileSync(
      "ffprobe",
      [
        "-v",
        "error",
        "-count_frames",
        "-show_entries",
        "stream=width,nb_read_frames",
        "-of",
        "csv=p=0",
        out,
      ],
      { encoding: "utf8" },
    );
    expect(shown.trim()).toBe("20,5");
  });

  test("without ffmpeg, or when it fails, MP4 is refused and nothing is left", async () => {
    const out = join(root, "none.mp4");
    const bin = join(root, "bin");
    mkdirSync(bin);
    vi.stubEnv("PATH", bin);
    const asked = { out, perLeg: 40, zoom: 40 };
    await expect(interpolate(run, keysOf(2), asked)).rejects.toThrow(/FFMPEG_MISSING.*\.webp/);
    // One that reads nothing and gives up.
    writeFileSync(join(bin, "ffmpeg"), "#!/bin/sh\necho no such codec >&2\nexit 3\n");
    chmodSync(join(bin, "ffmpeg"), 0o755);
    await expect(interpolate(run, keysOf(2), asked)).rejects.toThrow(
      /FFMPEG_FAILED.*no such codec/,
    );
    expect(readdirSync(root).filter((f) => f.includes("none"))).toEqual([]);
  });

  test("what is too large, unknown or no picture is refused", async () => {
    const go = (out: string, more = {}, of = run) =>
      interpolate(of, keysOf(2), { out: join(root, out), ...more });
    await expect(go("b.gif", { zoom: 5000 })).rejects.toThrow(/CLIP_SIZE.*mp4/);
    await expect(go("b.avi")).rejects.toThrow(/ANIMATION_FORMAT.*\.avi/);
    const points: OpenRun = { ...run, field: { ...run.field, shape: [16] } };
    await expect(go("b.gif", {}, points)).rejects.toThrow(/SAMPLE_FORMAT/);
    expect(existsSync(join(root, "b.gif"))).toBe(false);
  });
});

describe("classes", () => {
  test("are blended on the way from one to another, and met at the keys", async () => {
    const out = join(root, "strip.png");
    const one = run.sampler.codes({ seed: 4, count: 1 });
    const codes = new Float32Array(24);
    for (const at of [0, 8, 16]) codes.set(one, at);
    const frames = 9;
    await interpolate(run, { codes, count: 3, labels: [0, 1, 2] }, { out, perLeg: 4 });
    const { data, width } = decodePng(readFileSync(out));
    expect(width).toBe(2 + 4 * 6);
    // The first pixel of each frame, by rows of four.
    const seen = Array.from({ length: frames }, (_, i) =>
      Number(data[(2 + Math.floor(i / 4) * 6) * width + 2 + (i % 4) * 6]),
    );
    const pure = await run.sample({ seed: 0, count: 3, codes, labels: classes.map((_, i) => i) });
    const pixels = [0, 16, 32].map((at) => Math.round((pure[at]! + 1) * 127.5));
    expect([seen[0], seen[4], seen[8]]).toEqual(pixels);
    const between = [1, 2, 3].map((i) => seen[i]!);
    const [low, high] = [Math.min(pixels[0]!, pixels[1]!), Math.max(pixels[0]!, pixels[1]!)];
    for (const v of between) expect(v > low && v < high).toBe(true);
    expect(new Set(between).size).toBe(3);
  });
});

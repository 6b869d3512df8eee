import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { requireSource } from "../../../test/contracts/source.ts";
import { pictures } from "../sources/pictures.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-pictures-"));
beforeAll(() => vi.stubEnv("GANYMEDE_CACHE", join(root, "cache")));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

type Colour = readonly number[];
/** Left half of one colour, right half of another. */
function halves(width: number, height: number, left: Colour, right: Colour) {
  const channels = left.length as 1 | 2 | 3 | 4;
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const x = Math.floor(i / channels) % width;
    return (x < width / 2 ? left : right)[i % channels]!;
  });
  const picture = sharp(data, { raw: { width, height, channels } });
  return channels < 3 ? picture.toColourspace("b-w") : picture;
}

const [red, blue] = [
  [255, 0, 0],
  [0, 0, 255],
] as const;

function write(folder: string, files: Record<string, Uint8Array | string>): string {
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(root, folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, bytes);
  }
  return join(root, folder);
}

const png = (width: number, height: number, left: Colour = red, right: Colour = blue) =>
  halves(width, height, left, right).png().toBuffer();

/** The one item of a folder with one picture, planar. */
async function only(folder: string, options: object = {}): Promise<number[]> {
  const source = await pictures.open({ path: folder, ...options });
  expect(source.size).toBe(1);
  return [...source.batch(0, 1, 0).image!];
}

describe.each(["sharp", "plain"] as const)("decoded by %s", (decoder) => {
  const at = (name: string) => `${decoder}-${name}`;

  test("PNG of any depth and colour: the values it holds", async () => {
    const wide = Uint16Array.of(0, 257, 32896, 65535);
    const raw = { width: 4, height: 1, channels: 1 as const, depth: "ushort" as const };
    const deep = await sharp(wide, { raw }).toColourspace("grey16").png().toBuffer();
    expect(await only(write(at("deep"), { "a.png": deep }), { decoder })).toEqual([0, 1, 128, 255]);
    const palette = await halves(4, 2, red, blue).png({ palette: true, colours: 2 }).toBuffer();
    expect(await only(write(at("palette"), { "a.png": palette }), { decoder })).toEqual([
      ...[255, 255, 0, 0, 255, 255, 0, 0],
      ...new Array(8).fill(0),
      ...[0, 0, 255, 255, 0, 0, 255, 255],
    ]);
  });

  test("transparency: over the background, or kept", async () => {
    const path = write(at("alpha"), { "a.png": await png(2, 1, [...red, 255], [...blue, 51]) });
    expect(await only(path, { decoder })).toEqual([255, 204, 0, 204, 0, 255]);
    expect(await only(path, { decoder, background: "#000000" })).toEqual([255, 0, 0, 0, 0, 51]);
    expect(await only(path, { decoder, channels: 4 })).toEqual([255, 0, 0, 0, 0, 255, 255, 51]);
    expect(await only(path, { decoder, channels: 2 })).toEqual([76, 29, 255, 51]);
  });

  test("colour as grey is BT.601 luma", async () => {
    const path = write(at("luma"), { "a.png": await png(2, 1) });
    expect(await only(path, { decoder, channels: 1 })).toEqual([76, 29]);
  });

  test("JPEG lies as EXIF says", async () => {
    // Orientation 6: what is left in the file is on top.
    const jpeg = await halves(32, 16, [250, 250, 250], [5, 5, 5])
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const source = await pictures.open({ path: write(at("exif"), { "a.jpg": jpeg }), decoder });
    expect(source.fields.image!.shape).toEqual([3, 32, 16]);
    const image = source.batch(0, 1, 0).image!;
    expect(image[0]).toBeGreaterThan(240);
    expect(image[31 * 16]).toBeLessThan(15);
  });

  test("GIF and TIFF, palette and CMYK", async () => {
    const gif = await halves(4, 2, red, blue).gif().toBuffer();
    const tiff = await halves(4, 2, red, blue).tiff({ compression: "lzw" }).toBuffer();
    for (const [name, bytes] of Object.entries({ "a.gif": gif, "a.tiff": tiff })) {
      const image = await only(write(at(name), { [name]: bytes }), { decoder });
      expect(image.slice(0, 4), name).toEqual([255, 255, 0, 0]);
    }
    const cmyk = await halves(16, 16, [250, 250, 250], [250, 250, 250])
      .toColourspace("cmyk")
      .jpeg({ quality: 100 })
      .toBuffer();
    const white = await only(write(at("cmyk"), { "a.jpg": cmyk }), { decoder });
    expect(Math.min(...white)).toBeGreaterThan(235);
  });

  test("cover cuts both sides, contain adds the background, stretch neither", async () => {
    const path = write(at("fit"), { "a.png": await png(8, 4) });
    const row = async (options: object) =>
      (await only(path, { decoder, side: 4, filter: "area", ...options })).slice(0, 16);
    const half = [255, 255, 0, 0];
    expect(await row({})).toEqual([...half, ...half, ...half, ...half]);
    const contained = await row({ fit: "contain", background: "102030" });
    const border = new Array(4).fill(16);
    expect(contained).toEqual([...border, ...half, ...half, ...border]);
    expect(await row({ fit: "stretch" })).toEqual([...half, ...half, ...half, ...half]);
    expect(await only(path, { decoder, side: 4, height: 2, filter: "area" })).toHaveLength(24);
  });

  test("damaged files are left out with a reason, and none left is an error", async () => {
    const whole = await png(64, 64);
    const jpeg = await halves(64, 64, red, blue).jpeg().toBuffer();
    const path = write(at("bad"), {
      "a.png": whole,
      "cut.png": whole.subarray(0, 90),
      "cut.jpg": jpeg.subarray(0, jpeg.length / 2),
      "empty.gif": "",
      "text.jpg": "not a picture",
      "notes.txt": "left alone",
    });
    const said: string[] = [];
    const source = await pictures.open({ path, decoder }, { onWarning: (text) => said.push(text) });
    expect(source.size).toBe(1);
    expect(said.join()).toMatch(/4 of 5 files cannot be used \(cut\.jpg: /);
    const none = write(at("none"), { "text.jpg": "not a picture" });
    await expect(pictures.open({ path: none, decoder })).rejects.toThrow(
      /DATA_EMPTY.*none among 1 files; text\.jpg: no picture/,
    );
  });

  test("a head that lies about its size is refused before anything is decoded", async () => {
    const bytes = Buffer.from(await png(8, 8));
    bytes.writeUInt32BE(60_000, 16);
    bytes.writeUInt32BE(60_000, 20);
    const path = write(at("huge"), { "a.png": await png(8, 8), "huge.png": bytes });
    const said: string[] = [];
    await pictures.open({ path, decoder, side: 8 }, { onWarning: (text) => said.push(text) });
    expect(said.join()).toMatch(/huge\.png: (of 60000x60000 pixels|.*pixel|.*[Cc][Rr][Cc])/);
  });
});

test("both decoders make the same of the same picture, whatever the filter and fit", async () => {
  const noise = Uint8Array.from({ length: 37 * 53 * 3 }, (_, i) => (i * 7919) % 251);
  const picture = await sharp(noise, { raw: { width: 37, height: 53, channels: 3 } })
    .blur(1)
    .png()
    .toBuffer();
  const path = write("parity", { "a.png": picture });
  for (const filter of ["lanczos3", "cubic", "linear", "area", "nearest"] as const) {
    for (const [fit, side] of [
      ["cover", 16],
      ["contain", 20],
      ["stretch", 24],
      ["cover", 64],
    ] as const) {
      const [a, b] = await Promise.all(
        (["sharp", "plain"] as const).map((decoder) => only(path, { decoder, filter, fit, side })),
      );
      // Where a side is rounded, libvips takes the unrounded scale: edges are a fraction of a pixel off.
      const apart = a!.map((v, i) => Math.abs(v - b![i]!));
      const mean = apart.reduce((sum, d) => sum + d, 0) / apart.length;
      expect(mean, `${filter} ${fit} ${side}`).toBeLessThan(1);
    }
  }
});

describe("size and channels, where nobody says", () => {
  test("alike and small: as they are; grey stays grey", async () => {
    const files = { "a.png": await png(12, 9, [7], [90]), "b.png": await png(12, 9, [8], [80]) };
    const source = await pictures.open({ path: write("alike", files) });
    expect(source.fields.image).toEqual({
      shape: [1, 9, 12],
      dtype: "u8",
      scale: 2 / 255,
      offset: -1,
    });
  });

  test("of several sizes: 64, and that is said", async () => {
    const files = { "a.png": await png(12, 9, [7], [90]), "b.png": await png(12, 10) };
    const said: string[] = [];
    const source = await pictures.open(
      { path: write("mixed", files) },
      { onWarning: (text) => said.push(text) },
    );
    expect(source.fields.image!.shape).toEqual([3, 64, 64]);
    expect(said).toEqual([expect.stringContaining("several sizes become 64x64")]);
  });
});

describe("labels", () => {
  const dot = (value: number) => png(4, 4, [value], [value]);
  /** First pixel → label, of all items. */
  async function labelsOf(options: { path: string; labels?: string; split?: string }) {
    const source = await pictures.open(options);
    const { image, label } = source.batch(0, source.size, 0);
    const first = Array.from({ length: source.size }, (_, i) => image![16 * i]!);
    const classes = source.fields.label?.classes;
    return {
      classes,
      byPixel: label && Object.fromEntries(first.map((v, i) => [v, classes![label[i]!]])),
    };
  }

  test("folders of the first level; whole numbers in their order", async () => {
    const path = write("folders", {
      "10/a.png": await dot(1),
      "9/deep/b.png": await dot(2),
      "9/c.png": await dot(3),
    });
    expect(await labelsOf({ path })).toEqual({
      classes: ["9", "10"],
      byPixel: { 1: "10", 2: "9", 3: "9" },
    });
    expect((await labelsOf({ path, labels: "none" })).classes).toBeUndefined();
  });

  test("train and test are parts, not classes", async () => {
    const files = {
      "set/train/cat/a.png": await dot(1),
      "set/train/dog/b.png": await dot(2),
      "set/test/cat/c.png": await dot(3),
      "set/test/dog/d.png": await dot(4),
      "README.md": "hello",
    };
    const zip = join(write("zips", { "x.txt": "" }), "set.zip");
    const entries = Object.entries(files).map(([k, v]) => [k, Buffer.from(v)]);
    writeFileSync(zip, zipSync(Object.fromEntries(entries)));
    for (const path of [write("parts", files), zip]) {
      expect((await labelsOf({ path })).byPixel).toEqual({ 1: "cat", 2: "dog" });
      expect((await labelsOf({ path, split: "test" })).byPixel).toEqual({ 3: "cat", 4: "dog" });
      await expect(pictures.open({ path, split: "dev" })).rejects.toThrow(/OPTION.*train/);
    }
  });

  test("a CSV with classes and numbers; what is in one only is left out and told", async () => {
    const path = write("csv", {
      "a.png": await dot(1),
      "sub/b.png": await dot(2),
      "c.png": await dot(3),
      "labels.csv": "file,age,label\na.png,1.5,old\nsub/b.png,-2,new\ngone.png,0,old\n",
    });
    const said: string[] = [];
    const source = await pictures.open({ path }, { onWarning: (text) => said.push(text) });
    expect(said.join()).toMatch(/2 of 4 files.*c\.png: not in labels\.csv/);
    expect(source.fields.label!.classes).toEqual(["new", "old"]);
    const { image, label, attributes } = source.batch(0, 2, 0);
    expect(source.fields.attributes).not.toHaveProperty("labels");
    const rows = [0, 1].map((i) => [image![16 * i], label![i], attributes![i]]);
    expect(rows.sort()).toEqual([
      [1, 1, 1.5],
      [2, 0, -2],
    ]);
  });

  test("StyleGAN's dataset.json: classes, vectors, or nothing", async () => {
    const [a, b] = [await dot(1), await dot(2)];
    const files = { "00000/a.png": a, "00000/b.png": b };
    const json = (labels: unknown) => JSON.stringify({ labels });
    const pairs = [
      ["00000/a.png", 6],
      ["00000/b.png", 2],
    ];
    const classes = write("sg-classes", { ...files, "dataset.json": json(pairs) });
    expect(await labelsOf({ path: classes })).toEqual({
      classes: ["2", "6"],
      byPixel: { 1: "6", 2: "2" },
    });
    const vectors = pairs.map(([name], i) => [name, [i, 1 - i]]);
    const path = write("sg-vectors", { ...files, "dataset.json": json(vectors) });
    const { attributes } = (await pictures.open({ path })).fields;
    expect(attributes).toMatchObject({ labels: ["0", "1"], scale: 2, offset: -1 });
    const none = write("sg-none", { ...files, "dataset.json": json(null) });
    expect((await pictures.open({ path: none })).fields).not.toHaveProperty("label");
    const broken = write("sg-broken", { ...files, "dataset.json": '{"labels": [1, 2]}' });
    await expect(pictures.open({ path: broken })).rejects.toThrow(/dataset\.json\] DATA_FORMAT/);
  });
});

test("keeps the contract of sources, mirrored too; half of the images turn", async () => {
  const files = Object.fromEntries(
    await Promise.all(
      Array.from({ length: 30 }, async (_, i) => [
        `${i % 3}/${i}.png`,
        await png(6, 4, [i], [200]),
      ]),
    ),
  );
  const path = write("contract", files);
  requireSource(await pictures.open({ path }));
  const source = await pictures.open({ path, mirror: true });
  requireSource(source);
  const { image } = source.batch(0, 600, 1);
  const turned = Array.from({ length: 600 }, (_, i) => +(image![24 * i]! === 200));
  const share = turned.reduce((a, b) => a + b) / 600;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.07);
});

test("decoded once: the second opening reads the cache, a changed file does not", async () => {
  const path = write("once", { "a.png": await png(6, 4, [1], [1]) });
  const seen: string[] = [];
  const open = () => pictures.open({ path, side: 4 }, { onProgress: (what) => seen.push(what) });
  await open();
  expect(seen).toEqual(["pictures looked at", "pictures decoded"]);
  await open();
  expect(seen).toHaveLength(2);
  const before = readFileSync(join(path, "a.png"));
  writeFileSync(join(path, "a.png"), await png(6, 4, [9], [9]));
  expect(before).not.toEqual(readFileSync(join(path, "a.png")));
  expect((await open()).batch(0, 1, 0).image![0]).toBe(9);
});

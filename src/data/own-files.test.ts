import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import sharp from "sharp";
import { afterEach, describe, expect, test, vi } from "vitest";
import { requireSource } from "../../test/contracts/source.ts";
import { dataFolder, idxBytes, npyBytes } from "../../test/data-folder.ts";
import { fetchKnown } from "./known-files.ts";
import { cifar10 } from "./sources/cifar10.ts";
import { idx } from "./sources/idx.ts";
import { npz } from "./sources/npz.ts";
import { text } from "./sources/text.ts";
import { video } from "./sources/video.ts";

const { root, write } = dataFolder();
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

describe("idx", () => {
  const images = idxBytes([5, 2, 3], range(30));
  const labels = idxBytes([5], [0, 2, 1, 0, 2]);

  test("a pair by its names, packed or not, and one file alone", async () => {
    write("idx/train-images-idx3-ubyte.gz", gzipSync(images));
    write("idx/train-labels-idx1-ubyte", labels);
    const alone = write("idx/t10k-images-idx3-ubyte", idxBytes([1, 2, 3], range(6)));
    const source = idx.open({ path: join(root, "idx"), classes: "cup, jar, pot" });
    requireSource(source);
    expect(source.fields.image!.shape).toEqual([1, 2, 3]);
    expect(source.fields.label!.classes).toEqual(["cup", "jar", "pot"]);
    const { image, label } = source.batch(0, 5, 0);
    for (let i = 0; i < 5; i++) expect(label![i]).toBe([0, 2, 1, 0, 2][image![6 * i]! / 6]);
    expect(Object.keys(idx.open({ path: alone }).fields)).toEqual(["image"]);
    expect(idx.open({ path: join(root, "idx"), split: "test" }).size).toBe(1);
  });

  test("what is packed never grows beyond its header", () => {
    const bomb = Buffer.concat([idxBytes([2, 2, 2], range(8)), Buffer.alloc(2 ** 25)]);
    const lying = idxBytes([2 ** 16, 2 ** 8, 2 ** 8], []);
    const open = (name: string, bytes: Uint8Array) => idx.open({ path: write(name, bytes) });
    expect(() => open("bomb.gz", gzipSync(bomb))).toThrow(/DATA_FORMAT.*more bytes than/);
    expect(() => open("lying.gz", gzipSync(lying))).toThrow("DATA_TRUNCATED");
    expect(() => open("lying", lying)).toThrow("DATA_TRUNCATED");
    expect(() => idx.open({ path: join(root, "none") })).toThrow("DATA_MISSING");
  });
});

describe("npz", () => {
  const file = (name: string, arrays: Record<string, Uint8Array>) =>
    write(
      name,
      zipSync(Object.fromEntries(Object.entries(arrays).map(([k, v]) => [`${k}.npy`, v]))),
    );

  test("bytes with channels last become planes; labels of int64", async () => {
    const path = file("hwc.npz", {
      images: npyBytes("|u1", [2, 1, 2, 3], Uint8Array.of(...range(12))),
      labels: npyBytes("<i8", [2], BigInt64Array.of(1n, 0n)),
    });
    const source = await npz.open({ path });
    requireSource(source);
    expect(source.fields.image).toEqual({
      shape: [3, 1, 2],
      dtype: "u8",
      scale: 2 / 255,
      offset: -1,
    });
    const { image, label } = source.batch(0, 2, 0);
    const items = [0, 1].map((i) => [label![i], ...image!.subarray(6 * i, 6 * i + 6)]).sort();
    expect(items).toEqual([
      [0, 6, 9, 7, 10, 8, 11],
      [1, 0, 3, 1, 4, 2, 5],
    ]);
  });

  test("floats keep their values, and their range says what is black and white", async () => {
    const unit = async (values: number[]) => {
      const data = Float64Array.from(values);
      const path = file(`f${values}.npz`, { x_train: npyBytes("<f8", [2, 1, 2], data) });
      const { scale, offset, dtype } = (await npz.open({ path })).fields.image!;
      return [dtype, scale, offset];
    };
    expect(await unit([0, 0.5, 1, 0])).toEqual(["f32", 2, -1]);
    expect(await unit([-1, 0.5, 1, 0])).toEqual(["f32", 1, 0]);
    expect(await unit([0, 200, 1, 0])).toEqual(["f32", 2 / 255, -1]);
    await expect(unit([-7, 0, 0, 0])).rejects.toThrow(/DATA_FORMAT.*values from -7 to 0/);
    await expect(unit([0, Number.NaN, 0, 0])).rejects.toThrow(/DATA_FORMAT.*item 0 holds NaN/);
  });

  test("rows are points; 1 among zeros is a label", async () => {
    const path = file("rows.npz", {
      points: npyBytes("<f4", [3, 2], Float32Array.of(0, 1, 2, 3, 4, 5)),
      kind: npyBytes("|u1", [3, 2], Uint8Array.of(1, 0, 0, 1, 1, 0)),
    });
    const source = await npz.open({ path, images: "points", labels: "kind" });
    const { point, label } = source.batch(0, 3, 0);
    for (let i = 0; i < 3; i++) expect(label![i]).toBe(point![2 * i] === 2 ? 1 : 0);
    const single = write("alone.npy", npyBytes("<f2", [1, 2], Uint16Array.of(0x3c00, 0xb800)));
    expect([...(await npz.open({ path: single })).batch(0, 1, 0).point!]).toEqual([1, -0.5]);
  });

  test("damage is a coded error", async () => {
    const whole = npyBytes("|u1", [2, 2, 2], Uint8Array.of(...range(8)));
    const lying = npyBytes("|u1", [2 ** 40, 2 ** 20, 2], Uint8Array.of(1));
    const cases: [Record<string, Uint8Array>, RegExp][] = [
      [{ images: whole.subarray(0, 130) }, /DATA_FORMAT.*130 bytes for \[2,2,2\]/],
      [{ images: lying }, /DATA_FORMAT/],
      [{ images: Buffer.from("no array") }, /NPY_FORMAT/],
      [{ other: whole }, /DATA_MISSING.*other/],
      [
        { images: whole, labels: npyBytes("|u1", [3], Uint8Array.of(1, 2, 3)) },
        /\[3\] for 2 items/,
      ],
      [{ images: npyBytes("<c8", [1, 1, 1], new Float32Array(2)) }, /elements of type <c8/],
    ];
    for (const [i, [arrays, message]] of cases.entries()) {
      await expect(npz.open({ path: file(`bad${i}.npz`, arrays) })).rejects.toThrow(message);
    }
  });
});

describe("cifar10", () => {
  const record = (label: number, fill: number) => [label, ...new Array(3072).fill(fill)];
  const batch = (n: number, first: number) =>
    Uint8Array.from(range(n).flatMap((i) => record((first + i) % 10, first + i)));
  const names = "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck".split(",");

  function tar(files: Record<string, Uint8Array>): Uint8Array {
    const blocks = Object.entries(files).flatMap(([name, bytes]) => {
      const head = Buffer.alloc(512);
      head.write(name, 0);
      head.write(bytes.length.toString(8).padStart(11, "0"), 124);
      head.write("ustar", 257);
      return [head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
    });
    return Buffer.concat([...blocks, Buffer.alloc(1024)]);
  }
  const official = {
    "cifar-10-batches-bin/data_batch_1.bin": batch(7, 0),
    "cifar-10-batches-bin/data_batch_2.bin": batch(6, 7),
    "cifar-10-batches-bin/test_batch.bin": batch(3, 20),
    "cifar-10-batches-bin/readme.html": new Uint8Array(5),
  };

  test("binary files and the official archive give the same", async () => {
    for (const [name, bytes] of Object.entries(official)) write(`cifar/${name}`, bytes);
    const archive = write("packed/cifar-10-binary.tar.gz", gzipSync(tar(official)));
    for (const folder of [join(root, "cifar"), join(root, "packed"), archive]) {
      const source = await cifar10.open({ folder });
      requireSource(source);
      expect([source.size, source.fields.label!.classes]).toEqual([13, names]);
      const { image, label } = source.batch(0, 13, 0);
      for (let i = 0; i < 13; i++) expect(label![i]).toBe(image![3072 * i]! % 10);
      expect((await cifar10.open({ folder, split: "test" })).size).toBe(3);
    }
  });

  test("cut, foreign or damaged files are coded errors", async () => {
    const bad = (name: string, bytes: Uint8Array) =>
      expect(cifar10.open({ folder: write(`bad-${name}/${name}`, bytes) })).rejects;
    await bad("data_batch_1.bin", batch(2, 0).subarray(0, 5000)).toThrow("DATA_TRUNCATED");
    await bad("data_batch_2.bin", Uint8Array.from(record(11, 0))).toThrow(/DATA_FORMAT.*label 11/);
    const whole = gzipSync(tar(official));
    await bad("cifar-10-binary.tar.gz", whole.subarray(0, 40)).toThrow("DATA_FORMAT");
    await bad("cifar-10-binary.tgz", gzipSync(Buffer.alloc(700, 1))).toThrow(/no tar archive/);
  });

  const shared = fileURLToPath(new URL("../../../shared/data/cifar10", import.meta.url));
  test.skipIf(!existsSync(shared))(
    "pictures by part and class, where they are at hand",
    async () => {
      vi.stubEnv("GANYMEDE_CIFAR10", "");
      await expect(cifar10.open()).rejects.toThrow(/DATA_MISSING.*GANYMEDE_CIFAR10/);
      const png = await sharp({ create: { width: 32, height: 32, channels: 3, background: "red" } })
        .png()
        .toBuffer();
      for (const name of names) write(`by-class/train/${name}/a.png`, png);
      vi.stubEnv("GANYMEDE_CIFAR10", join(root, "by-class"));
      const source = await cifar10.open();
      expect([source.id, source.size, source.fields.label!.classes]).toEqual([
        "cifar10",
        10,
        names,
      ]);
    },
  );
});

describe("text", () => {
  const path = write("a.txt", "abcabcaab\n\nxy\n");
  test("windows of characters, the most frequent first", () => {
    const source = text.open({ path, length: 3, step: 2 });
    requireSource(source);
    expect(source.fields.text!.classes!.slice(0, 3)).toEqual(["a", "\n", "b"]);
    const all = source.batch(0, source.size, 0).text!;
    const words = range(source.size).map((i) =>
      [...all.subarray(3 * i, 3 * i + 3)].map((k) => source.fields.text!.classes![k]).join(""),
    );
    expect(words.sort()).toEqual(["\nxy", "aab", "abc", "b\n\n", "bca", "cab"]);
  });

  test("lines of words, padded; rare ones are <unk>", () => {
    const lines = write("b.txt", "to be or not to be\nto go\n");
    const source = text.open({
      path: lines,
      by: "words",
      items: "lines",
      length: 4,
      vocabulary: 4,
    });
    expect(source.fields.text!.classes).toEqual(["<pad>", "<unk>", "to", "be"]);
    const rows = source.batch(0, 2, 0).text!;
    expect([[...rows.subarray(0, 4)], [...rows.subarray(4)]].sort()).toEqual([
      [2, 1, 0, 0],
      [2, 3, 1, 1],
    ]);
  });

  test("other bytes, short or absent files are coded errors", () => {
    const bytes = write("c.txt", Uint8Array.of(0xff, 0xfe, 0x41));
    expect(() => text.open({ path: bytes })).toThrow("DATA_FORMAT");
    expect(() => text.open({ path, length: 100 })).toThrow(/DATA_EMPTY.*at least 100/);
    expect(() => text.open({ path: join(root, "no.txt") })).toThrow("DATA_MISSING");
  });
});

describe("video", () => {
  const grey = (value: number) =>
    sharp(
      Uint8Array.from(range(12), (i) => value + 2 * i),
      { raw: { width: 4, height: 3, channels: 1 } },
    )
      .toColourspace("b-w")
      .png()
      .toBuffer();

  test("folders of frames in order, cut into items; a bad frame breaks one", async () => {
    for (const i of range(7)) write(`clips/a/${i}.png`, await grey(i));
    for (const i of range(5)) write(`clips/b/${i}.png`, i === 2 ? "bad" : await grey(10 + i));
    const said: string[] = [];
    const open = { path: join(root, "clips"), frames: 3 };
    const source = await video.open(open, { onWarning: (t) => said.push(t) });
    requireSource(source);
    expect(source.fields.video!.shape).toEqual([3, 1, 3, 4]);
    const all = source.batch(0, source.size, 0).video!;
    const starts = range(source.size).map((i) => [0, 1, 2].map((f) => all[36 * i + 12 * f]));
    expect(starts.sort()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(said.join()).toMatch(/1 of 2 clips.*b\/: no picture/);
    expect((await video.open({ ...open, step: 1 })).size).toBe(5);
  });

  test("the frames of a GIF as they are seen", async () => {
    const raw = { width: 4, height: 3, channels: 3 } as const;
    const frame = (v: number) =>
      sharp(
        Uint8Array.from(range(36), (i) => v + (i - (i % 3)) / 3),
        { raw },
      )
        .png()
        .toBuffer();
    const frames = await Promise.all([0, 100, 200].map(frame));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif({ keepDuplicateFrames: true, delay: [100, 100, 100] })
      .toBuffer();
    const path = join(write("gifs/a.gif", gif), "..");
    const source = await video.open({ path, frames: 3, channels: 1, side: 4, height: 3 });
    const all = source.batch(0, 1, 0).video!;
    for (const [f, v] of [0, 100, 200].entries()) {
      expect(Math.abs(all[12 * f]! - v)).toBeLessThan(6);
    }
    await expect(video.open({ path, frames: 4 })).rejects.toThrow(/DATA_EMPTY.*fewer than 4/);
  });
});

describe("known files", () => {
  afterEach(() => {
    vi.stubEnv("GANYMEDE_MIRROR", "");
    vi.stubEnv("GANYMEDE_OFFLINE", "1");
  });

  test("come from the mirror once, and only as published", async () => {
    const bytes = Buffer.from("the published file");
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      response.end(bytes);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    vi.stubEnv("GANYMEDE_MIRROR", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const md5 = createHash("md5").update(bytes).digest("hex");
    const file = { name: "a.bin", url: "http://127.0.0.1:1/never", md5 };
    const set = { id: "some-set", variable: "GANYMEDE_SOME", files: [file] };
    await expect(fetchKnown(set, {})).rejects.toThrow(/DATA_MISSING.*GANYMEDE_OFFLINE/);
    vi.stubEnv("GANYMEDE_OFFLINE", "");
    const seen: number[] = [];
    const folder = await fetchKnown(set, { onProgress: (_, done) => seen.push(done) });
    expect(readFileSync(join(folder, "a.bin")).equals(bytes)).toBe(true);
    expect(seen.at(-1)).toBe(bytes.length);
    await fetchKnown(set, {});
    expect(asked).toEqual(["/some-set/a.bin"]);
    const wrong = { ...set, id: "other-set", files: [{ ...file, md5: "0".repeat(32) }] };
    await expect(fetchKnown(wrong, {})).rejects.toThrow(/DOWNLOAD_HASH.*MD5 0{32}.*MD5 /);
    expect(existsSync(join(folder, "..", "other-set", "a.bin"))).toBe(false);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
});

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readIdx } from "./idx-file.ts";
import { mnistFamily } from "./mnist.ts";
import { fashionMnist } from "./sources/fashion-mnist.ts";
import { mnist } from "./sources/mnist.ts";

afterEach(() => vi.unstubAllEnvs());

const folder = mnistFamily.folder!;
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

describe("mnist, as shipped", () => {
  test("the files are the official ones", () => {
    // MD5 of header and data as LeCun's page has them unpacked.
    const official = {
      "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
      "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
      "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
      "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    };
    for (const [name, sum] of Object.entries(official)) {
      const { shape, data } = readIdx(folder, name);
      const sizes = shape.flatMap((n) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
      const whole = Buffer.concat([Uint8Array.of(0, 0, 8, shape.length, ...sizes), data]);
      expect(md5(whole), name).toBe(sum);
    }
  });

  test("train and test have the known sizes and class counts", () => {
    const train = mnist.open();
    expect([train.id, train.size]).toEqual(["mnist", 60000]);
    expect(train.fields.label!.classes).toEqual([..."0123456789"]);
    const counts = new Array(10).fill(0);
    for (const label of train.batch(0, 60000, 1).label!) {
      counts[label] += 1;
    }
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(mnist.open({ split: "test" }).size).toBe(10000);
  });

  test("32 is 28 with a border of 0, 16 the 2x2 means of 32", () => {
    const [i28, i32, i16] = ([28, 32, 16] as const).map(
      (side) => mnist.open({ split: "test", side }).batch(5, 20, 3).image!,
    );
    for (let i = 0; i < 20; i++) {
      const at = (y: number, x: number) => i32![(i * 32 + y) * 32 + x]!;
      for (let y = 0; y < 32; y++) {
        for (let x = 0; x < 32; x++) {
          const inside = y >= 2 && y < 30 && x >= 2 && x < 30;
          expect(at(y, x)).toBe(inside ? i28![(i * 28 + y - 2) * 28 + x - 2] : 0);
        }
      }
      for (let y = 0; y < 16; y++) {
        for (let x = 0; x < 16; x++) {
          const [t, l] = [2 * y, 2 * x];
          const mean = (at(t, l) + at(t, l + 1) + at(t + 1, l) + at(t + 1, l + 1)) / 4;
          expect(i16![(i * 16 + y) * 16 + x]).toBe(Math.round(mean));
        }
      }
    }
  });

  test("the shape of the field follows the side", () => {
    expect(mnist.open({ split: "test", side: 16 }).fields.image!.shape).toEqual([1, 16, 16]);
  });
});

describe("where the files come from", () => {
  test("the option, then the variable, then our own", () => {
    vi.stubEnv("GANYMEDE_MNIST", "/no/such/place");
    expect(() => mnist.open()).toThrow(/\/no\/such\/place.*DATA_MISSING/);
    expect(mnist.open({ folder, split: "test" }).size).toBe(10000);
    vi.stubEnv("GANYMEDE_MNIST", "");
    expect(mnist.open({ split: "test" }).size).toBe(10000);
  });

  test("Fashion-MNIST without a folder, where downloads are forbidden, says how to name one", async () => {
    vi.stubEnv("GANYMEDE_FASHION_MNIST", "");
    vi.stubEnv("GANYMEDE_CACHE", "/no/such/cache");
    await expect(fashionMnist.open()).rejects.toThrow(
      /data fashion-mnist\] DATA_MISSING.*option folder or the variable GANYMEDE_FASHION_MNIST/,
    );
  });

  const shared =
    process.env.GANYMEDE_FASHION_MNIST ??
    fileURLToPath(new URL("../../../shared/data/fashion-mnist", import.meta.url));
  test.skipIf(!existsSync(join(shared, "t10k-images-idx3-ubyte.gz")))(
    "Fashion-MNIST, where it is at hand: 1,000 of each garment",
    async () => {
      const source = await fashionMnist.open({ split: "test", folder: shared });
      const counts = new Array(10).fill(0);
      for (const label of source.batch(0, 10000, 1).label!) {
        counts[label] += 1;
      }
      expect(counts).toEqual(new Array(10).fill(1000));
      expect(source.fields.label!.classes![9]).toBe("Ankle boot");
      expect(source.about.licence).toBe("MIT");
    },
  );
});

test("wrong options are named", () => {
  expect(() => mnist.open({ split: "all" as "test" })).toThrow(/data mnist split\] OPTION/);
  expect(() => mnist.open({ side: 64 as 32 })).toThrow(
    /data mnist side\].*one of 16\|28\|32, got 64/,
  );
});

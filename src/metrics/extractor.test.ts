import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sha256 } from "../core/checksum.ts";
import { input } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import * as ops from "../engine/ops/index.ts";
import { program } from "../engine/program.ts";
import { nodeCpu } from "../engine/run/node-cpu.ts";
import { type Images, startExtractor } from "./extractor.ts";
import { extractorIds, openExtractor, readManifest } from "./extractor-file.ts";
import { type ExtractorManifest, parseManifest } from "./extractor-manifest.ts";

const provider = await nodeCpu({ threads: 1 });
const folder = mkdtempSync(join(tmpdir(), "extractor-"));
afterAll(() => rmSync(folder, { recursive: true }));

const batch = 4;
/** A model of images [4,channels,2,2]. */
function modelOf(
  make: (images: Tensor) => Record<string, Tensor>,
  { channels = 3, count = batch } = {},
): Uint8Array {
  const images = input("images", [count, channels, 2, 2]);
  const target = { provider: "plain", nchwcBlock: 0 } as const;
  return toOnnx(program(make(images)), { target });
}

const base: ExtractorManifest = {
  id: "toy",
  about: "its input",
  licence: "none",
  file: "toy.onnx",
  input: {
    name: "images",
    channels: 3,
    height: 2,
    width: 2,
    range: [-1, 1],
    resize: "bilinear",
    batch,
  },
  outputs: { features: { name: "features", width: 12 } },
};
/** Features = the input as the model gets it. */
const mirror = modelOf((x) => ({ features: ops.flatten(x) }));

const grey = (values: readonly number[], range: readonly [number, number] = [0, 1]): Images => ({
  data: Float32Array.from(values),
  count: values.length / 4,
  channels: 1,
  height: 2,
  width: 2,
  range,
});
const featuresOf = async (images: Images, manifest = base, model = mirror) => {
  const extractor = await startExtractor(manifest, model, provider);
  const { features } = await extractor.extract(images);
  await extractor.dispose();
  return features;
};

describe("what the model is shown", () => {
  test("grey is repeated; the range is brought to the model's; what lies outside is cut off", async () => {
    const { count, width, data } = await featuresOf(grey([0, 0.25, 1, 1.5]));
    expect([count, width]).toEqual([1, 12]);
    expect(Array.from(data)).toEqual([-1, -0.5, 1, 1, -1, -0.5, 1, 1, -1, -0.5, 1, 1]);
  });

  test("the model's own range changes no bit", async () => {
    const values = [0.1, -0.7, 0.3, -0.2].map(Math.fround);
    const { data } = await featuresOf(grey(values, [-1, 1]));
    expect(Array.from(data.subarray(0, 4))).toEqual(values);
  });

  test("mean and deviation are of values in [0, 1], channel by channel", async () => {
    const { range: _, ...rest } = base.input;
    const normalise = { mean: [0.5, 0.25, 0], std: [0.5, 0.25, 2] };
    const manifest = { ...base, input: { ...rest, normalise } };
    const { data } = await featuresOf(grey([-1, 0, 0, 1], [-1, 1]), manifest);
    expect(Array.from(data)).toEqual([-1, 0, 0, 1, -1, 1, 1, 3, 0, 0.25, 0.25, 0.5]);
  });

  test("another size is resampled", async () => {
    const images = { ...grey([0, 1, 0, 1]), count: 1, height: 1, width: 4 };
    const { data } = await featuresOf(images);
    expect(Array.from(data.subarray(0, 4))).toEqual([0, 0, 0, 0]);
  });
});

describe("batches", () => {
  const numbers = (n: number) => Array.from({ length: 4 * n }, (_, i) => i / (4 * n));

  test("the last one is filled up; pieces are cut anew; order is kept", async () => {
    const extractor = await startExtractor(base, mirror, provider);
    const all = await extractor.extract(grey(numbers(7)));
    expect(all.features.count).toBe(7);
    async function* pieces() {
      for (const [from, to] of [
        [0, 1],
        [1, 6],
        [6, 6],
        [6, 7],
      ] as const) {
        yield grey(numbers(7).slice(4 * from, 4 * to));
      }
    }
    const starts: number[] = [];
    const rows: number[] = [];
    const count = await extractor.extractBatches(pieces(), ({ features }, from) => {
      starts.push(from);
      rows.push(...features.data);
    });
    expect(count).toBe(7);
    expect(starts).toEqual([0, 4]);
    expect(rows).toEqual(Array.from(all.features.data));
    expect((await extractor.extract(grey([]))).features.count).toBe(0);
    await extractor.dispose();
  });

  test("tokens: the first one, or their mean", async () => {
    const tokens = modelOf((x) => ({ features: ops.reshape(x, { shape: [batch, 3, 4] }) }));
    const take = (how: "first" | "mean"): ExtractorManifest => ({
      ...base,
      outputs: { features: { name: "features", width: 4, take: how } },
    });
    const images = { ...grey([0, 0.5, 0, 0, 0.5, 0.5, 0, 0, 1, 0.5, 0, 1]), count: 1, channels: 3 };
    expect(Array.from((await featuresOf(images, take("first"), tokens)).data)).toEqual([
      -1, 0, -1, -1,
    ]);
    const means = (await featuresOf(images, take("mean"), tokens)).data;
    for (const [i, v] of [0, 0, -1, -1 / 3].entries()) expect(means[i]).toBeCloseTo(v, 6);
  });

  test("probabilities come with their classes", async () => {
    const said = modelOf((x) => ({
      features: ops.flatten(x),
      said: ops.softmax(ops.mean(x, { axes: [2, 3] })),
    }));
    const outputs = { ...base.outputs, probabilities: "said" };
    const extractor = await startExtractor(
      { ...base, outputs, classes: ["a", "b", "c"] },
      said,
      provider,
    );
    const { probabilities } = await extractor.extract(grey([0, 0, 0, 0, 1, 1, 1, 1]));
    expect([probabilities!.count, probabilities!.width]).toEqual([2, 3]);
    for (const p of probabilities!.data) expect(p).toBeCloseTo(1 / 3, 6);
  });
});

describe("refusals", () => {
  const refused = (images: Images, code: string, got: RegExp, manifest = base, model = mirror) =>
    expect(featuresOf(images, manifest, model)).rejects.toMatchObject({
      code,
      fault: { got: expect.stringMatching(got) },
    });

  test("NaN names its image; parts of images: EXTRACTOR_INPUT", async () => {
    const values = new Array(24).fill(0.5).with(21, Number.NaN);
    await refused(grey(values), "EXTRACTOR_INPUT", /^NaN in image 5$/);
    await refused({ ...grey([1, 2, 3, 4]), count: 2 }, "EXTRACTOR_INPUT", /^4 values for/);
    await refused(grey([0, 0, 0, 0], [1, 1]), "EXTRACTOR_INPUT", /in \[1,1\]/);
  });

  test("colours for a grey model, two channels for a colour model: EXTRACTOR_CHANNELS", async () => {
    const greyModel = modelOf((x) => ({ features: ops.flatten(x) }), { channels: 1 });
    const manifest = { ...base, input: { ...base.input, channels: 1 } };
    const colour = { ...grey(new Array(12).fill(0)), count: 1, channels: 3 };
    await refused(colour, "EXTRACTOR_CHANNELS", /^3 channels/, manifest, greyModel);
    const pair = { ...grey(new Array(8).fill(0)), count: 1, channels: 2 };
    await refused(pair, "EXTRACTOR_CHANNELS", /^2 channels/);
  });

  test("features of NaN, or the same ones for different images: EXTRACTOR_OUTPUT", async () => {
    const broken = modelOf((x) => ({ features: ops.log(ops.sub(ops.flatten(x), 5)) }));
    await refused(grey([0, 0, 0, 0]), "EXTRACTOR_OUTPUT", /^NaN in features/, base, broken);
    const blind = modelOf((x) => ({ features: ops.relu(ops.sub(ops.flatten(x), 5)) }));
    const two = grey([0, 0, 0, 0, 1, 1, 1, 1]);
    await refused(two, "EXTRACTOR_OUTPUT", /same ones for 2 different/, base, blind);
    // A collapsed generator is not the extractor's fault.
    const alike = grey([0, 1, 0, 0, 0, 1, 0, 0]);
    expect((await featuresOf(alike, base, blind)).count).toBe(2);
  });

  test("another width, a name that is not there: EXTRACTOR_OUTPUT; a wrong input: SESSION", async () => {
    const outputs = (name: string, width: number) => ({
      ...base,
      outputs: { features: { name, width } },
    });
    const image = grey([0, 0, 0, 0]);
    await refused(image, "EXTRACTOR_OUTPUT", /^48 values/, outputs("features", 13));
    await refused(image, "EXTRACTOR_OUTPUT", /^outputs features$/, outputs("pool", 12));
    const misnamed = { ...base, input: { ...base.input, name: "pixels" } };
    await refused(image, "SESSION", /images/, misnamed);
  });

  test("not an ONNX file: SESSION; not the file of the record: EXTRACTOR_HASH", async () => {
    const junk = new TextEncoder().encode("<html>not found</html>");
    await refused(grey([]), "SESSION", /./, base, junk);
    const manifest = { ...base, sha256: await sha256(mirror) };
    const changed = mirror.slice();
    changed[changed.length - 1]! ^= 1;
    await refused(grey([]), "EXTRACTOR_HASH", /^[0-9a-f]{64}$/, manifest, changed);
    expect((await featuresOf(grey([]), manifest)).count).toBe(0);
  });
});

test("the fingerprint tells apart all that features depend on", async () => {
  const of = async (input: object, outputs: object = {}, model = mirror) => {
    const features = { ...base.outputs.features, ...outputs };
    const manifest = { ...base, input: { ...base.input, ...input }, outputs: { features } };
    const extractor = await startExtractor(manifest, model, provider);
    await extractor.dispose();
    return extractor.fingerprint;
  };
  const other = modelOf((x) => ({ features: ops.neg(ops.flatten(x)) }));
  const normalise = { mean: [0, 0, 0], std: [1, 1, 1] };
  const prints = await Promise.all([
    of({}),
    of({}, {}, other),
    of({ resize: "area" }),
    of({ range: [0, 1] }),
    of({ range: undefined, normalise }),
    of({ height: 3 }),
    of({}, { take: "mean" }),
  ]);
  expect(new Set(prints).size).toBe(prints.length);
  expect(await of({ batch: "any" })).toBe(prints[0]);
});

describe("records", () => {
  test("every bundled one is in order and says what it is; ids are file names", () => {
    const ids = extractorIds();
    expect(ids).toEqual(
      expect.arrayContaining(["clip", "digits", "dinov2", "encoder", "garments"]),
    );
    expect(ids).toEqual(expect.arrayContaining(["inception-v3", "swav", "swin"]));
    for (const id of ids) expect(readManifest(id).id).toBe(id);
  });

  test("an address without a hash, or a model without an address, says so", () => {
    for (const id of extractorIds()) {
      const { url, sha256: hash, about } = readManifest(id);
      if (url && !hash) expect(about).toMatch(/your first download pins it/);
      if (!url && !hash) expect(about).toMatch(/give the file/);
    }
  });

  test.each([
    ["null", null],
    ["no id", { ...base, id: undefined }],
    ["a short hash", { ...base, sha256: "abc" }],
    ["a file elsewhere", { ...base, file: "../x.onnx" }],
    ["neither range nor mean", { ...base, input: { ...base.input, range: undefined } }],
    [
      "two means for three channels",
      {
        ...base,
        input: { ...base.input, range: undefined, normalise: { mean: [0, 0], std: [1, 1, 1] } },
      },
    ],
    ["an unknown filter", { ...base, input: { ...base.input, resize: "cubic" } }],
    ["a member of no meaning", { ...base, size: 3 }],
    ["probabilities of nothing", { ...base, outputs: { ...base.outputs, probabilities: "p" } }],
  ])("%s: EXTRACTOR_FORMAT", (_, raw) => {
    expect(() => parseManifest("x.json", raw)).toThrowError(
      expect.objectContaining({ code: "EXTRACTOR_FORMAT" }),
    );
  });

  test("not JSON: EXTRACTOR_FORMAT; no file: EXTRACTOR_MISSING; no such id: UNKNOWN_EXTRACTOR", () => {
    const path = join(folder, "broken.json");
    writeFileSync(path, "{");
    const code = (which: string, wanted: string) =>
      expect(() => readManifest(which)).toThrowError(expect.objectContaining({ code: wanted }));
    code(path, "EXTRACTOR_FORMAT");
    code(join(folder, "none.json"), "EXTRACTOR_MISSING");
    code("digit", "UNKNOWN_EXTRACTOR");
  });
});

describe("where a model is looked for", () => {
  const served = { model: mirror, requests: 0 };
  const server = createServer((_, response) => {
    served.requests += 1;
    response.end(served.model);
  });
  afterAll(() => server.close());

  const remote = async (id: string): Promise<ExtractorManifest> => {
    if (!server.listening) await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return {
      ...base,
      id,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/toy.onnx`,
    };
  };
  const open = async (manifest: ExtractorManifest, more = {}) => {
    const extractor = await openExtractor(provider, manifest, { cache: folder, ...more });
    await extractor.dispose();
    return extractor.sha256;
  };

  test("beside its record", async () => {
    const record = join(folder, "toy.json");
    writeFileSync(record, JSON.stringify(base));
    writeFileSync(join(folder, "toy.onnx"), mirror);
    const extractor = await openExtractor(provider, record);
    expect(extractor.manifest).toEqual(base);
    await extractor.dispose();
  });

  test("at its address, once; the first download pins its hash", async () => {
    const manifest = await remote("toy-a");
    const hash = await open(manifest);
    expect(await open(manifest)).toBe(hash);
    expect(served.requests).toBe(1);
    const path = join(folder, "toy-a", "toy.onnx");
    expect(readFileSync(`${path}.sha256`, "utf8").trim()).toBe(hash);
    writeFileSync(
      path,
      modelOf((x) => ({ features: ops.neg(ops.flatten(x)) })),
    );
    await expect(open(manifest)).rejects.toMatchObject({
      code: "EXTRACTOR_HASH",
      fault: { expected: expect.stringContaining(`${hash}, pinned in`) },
    });
  });

  test("another file at the address than the record says: DOWNLOAD_HASH", async () => {
    const manifest = { ...(await remote("toy-b")), sha256: "0".repeat(64) };
    await expect(open(manifest)).rejects.toMatchObject({ code: "DOWNLOAD_HASH" });
  });

  test("the user's own file; without it and an address: EXTRACTOR_MISSING", async () => {
    const manifest = { ...base, id: "toy-c", file: "nowhere.onnx" };
    await expect(open(manifest)).rejects.toMatchObject({ code: "EXTRACTOR_MISSING" });
    mkdirSync(join(folder, "mine"));
    const file = join(folder, "mine", "exported.onnx");
    writeFileSync(file, mirror);
    expect(await open(manifest, { file })).toBe(await sha256(mirror));
  });
});

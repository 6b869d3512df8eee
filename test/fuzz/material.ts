/** Whole files of every kind that is read, and some that were made to do harm. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Zippable, zipSync } from "fflate";
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import jpeg from "jpeg-js";
import sharp from "sharp";
import { resolveConfig } from "../../src/app/config.ts";
import { runTraining } from "../../src/app/run-training.ts";
import { encodePng } from "../../src/core/png.ts";
import { stream } from "../../src/core/random.ts";

/** One file to read. */
export interface Material {
  /** Which reader takes it. */
  readonly kind: Kind;
  /** With the ending that it needs. */
  readonly name: string;
  /** Nothing is wrong with it: it must be read. */
  readonly isGood?: boolean;
  readonly bytes: Uint8Array;
}

export type Kind = "data" | "checkpoint" | "run" | "config" | "onnx";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const noise = (count: number): Uint8Array =>
  Uint8Array.from(stream(0, "fuzz/noise").integers(count, 256));

const pixels = { width: 12, height: 9, data: noise(12 * 9 * 3) };

async function images(): Promise<[string, Uint8Array][]> {
  const raw = { width: 12, height: 9, channels: 3 } as const;
  const picture = () => sharp(pixels.data, { raw });
  const rgba = new Uint8Array(12 * 9 * 4).fill(200);
  return [
    ["a.png", encodePng({ ...pixels, channels: 3 })],
    ["palette.png", await picture().png({ palette: true }).toBuffer()],
    ["a.jpg", jpeg.encode({ width: 12, height: 9, data: Buffer.from(rgba) }, 80).data],
    ["progressive.jpg", await picture().jpeg({ progressive: true }).toBuffer()],
    ["a.webp", await picture().webp().toBuffer()],
    ["a.gif", await picture().gif().toBuffer()],
    ["a.tiff", await picture().tiff().toBuffer()],
  ];
}

function idx(): Uint8Array {
  const header = [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 8];
  return Uint8Array.from([...header, ...noise(5 * 64)]);
}

/** A .npy of bytes [5, 8, 8, 3]: Lib/format.py of NumPy, version 1.0. */
function npy(): Uint8Array {
  const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (5, 8, 8, 3), }".padEnd(117);
  return Uint8Array.from([
    ...[0x93, ...text("NUMPY"), 1, 0, 118, 0],
    ...text(`${header}\n`),
    ...noise(5 * 8 * 8 * 3),
  ]);
}

async function parquet(): Promise<Uint8Array> {
  const writer = new ByteWriter();
  const columns = [
    { name: "age", data: [1, 2, 3, 4], type: "DOUBLE" as const },
    { name: "kind", data: ["a", "b", "a", "b"], type: "STRING" as const },
  ];
  await parquetWrite({ writer, columnData: columns });
  return new Uint8Array(writer.getBuffer());
}

const csv = `age,kind,height\n${Array.from({ length: 20 }, (_, i) => `${i},k${i % 3},${i / 7}`).join("\n")}\n`;

function zips(picture: Uint8Array): [string, Uint8Array][] {
  const packed = (files: Zippable): Uint8Array => zipSync(files);
  const bomb = new Uint8Array(64 * 2 ** 20);
  return [
    ["good.zip", packed({ "a/1.png": picture, "b/2.png": picture })],
    ["outside.zip", packed({ "../evil.png": picture, "a/1.png": picture })],
    ["absolute.zip", packed({ "/tmp/evil.png": picture, "C:\\evil.png": picture })],
    ["bomb.zip", packed({ "a/1.png": [bomb, { level: 9 }], "a/2.png": picture })],
    ["nested.zip", packed({ "a/inner.zip": packed({ "1.png": picture }) })],
  ];
}

/** A small run: its record and its checkpoint are material, the rest lies around them. */
export interface RunMaterial {
  readonly record: Uint8Array;
  readonly checkpoint: Uint8Array;
  /** Where it lies; to be copied. */
  readonly path: string;
}

export async function trainedRun(): Promise<RunMaterial> {
  const path = join(mkdtempSync(join(tmpdir(), "ganymede-fuzz-")), "run");
  const asked = { system: "gan-vanilla", options: { width: 8 }, steps: 2, threads: 1, chunk: 1 };
  const { config } = await resolveConfig(asked);
  await runTraining(
    { config, runPath: path, resume: false },
    () => {},
    () => false,
  );
  const checkpoints = join(path, "checkpoints");
  const tensors = readdirSync(checkpoints).find((f) => f.endsWith(".safetensors"))!;
  return {
    record: readFileSync(join(path, "run.json")),
    checkpoint: readFileSync(join(checkpoints, tensors)),
    path,
  };
}

export const forget = ({ path }: RunMaterial): void =>
  rmSync(join(path, ".."), { recursive: true });

const model = fileURLToPath(new URL("../../data/extractors/encoder.onnx", import.meta.url));

const yaml = `system: dcgan
data: { source: mnist, options: { side: 16 } }
options: { width: 8, batch: 4 }
steps: 10
seed: 3
`;

/** Lies that no random damage would tell. */
function lies(): Material[] {
  const header = (json: string, length = BigInt(json.length)): Uint8Array => {
    const bytes = new Uint8Array(8 + json.length + 16);
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    bytes.set(text(json), 8);
    return bytes;
  };
  const tensor = (shape: string, offsets: string) =>
    header(`{"g/0.weight":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`);
  const checkpoints = [
    tensor("[4000000000,4000000000]", "[0,16]"),
    tensor("[4]", "[0,99999999999]"),
    tensor("[-4]", "[16,0]"),
    tensor("[1e400]", "[0,16]"),
    header("{}", 2n ** 63n),
    header('{"__proto__":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'),
  ];
  const bombs = [
    `a: &a [1,1,1,1,1,1,1,1,1]\n${[..."bcdefghi"].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefgh"[i]}`)}]`).join("\n")}\n`,
    `${"[".repeat(100_000)}\n`,
    "system: !!js/function 'function () {}'\n",
    "__proto__: { polluted: true }\nsystem: dcgan\n",
    "a: &a [*a]\n",
  ];
  const wide = Uint8Array.from([0, 0, 8, 3, ...Array(12).fill(255)]);
  return [
    ...checkpoints.map((bytes) => ({ kind: "checkpoint" as const, name: "c", bytes })),
    ...bombs.map((b) => ({ kind: "config" as const, name: "c.yaml", bytes: text(b) })),
    { kind: "config", name: "c.json", bytes: text('{"a":'.repeat(50_000)) },
    { kind: "run", name: "run.json", bytes: text("null") },
    { kind: "data", name: "wide-images-idx3-ubyte", bytes: wide },
  ];
}

/** All whole files, and all lies. */
export async function materials(
  run: RunMaterial,
): Promise<{ whole: Material[]; lies: Material[] }> {
  const pictures = await images();
  const data: [string, Uint8Array][] = [
    ...pictures,
    ...zips(pictures[0]![1]),
    ["some-images-idx3-ubyte", idx()],
    ["a.npz", zipSync({ "images.npy": npy() })],
    ["a.csv", text(csv)],
    ["a.parquet", await parquet()],
    ["a.txt", text("the quick brown fox jumps over the lazy dog\n".repeat(40))],
  ];
  const { system, options, steps, seed } = JSON.parse(new TextDecoder().decode(run.record));
  const json = JSON.stringify({ system, options, steps, seed }, null, 2);
  return {
    whole: [
      ...data.map(([name, bytes]) => ({
        kind: "data" as const,
        name,
        bytes,
        // Of the archives, some hold nothing that may be read.
        isGood: !["absolute.zip", "nested.zip"].includes(name),
      })),
      { kind: "checkpoint", name: "c", bytes: run.checkpoint, isGood: true },
      { kind: "run", name: "run.json", bytes: run.record, isGood: true },
      { kind: "config", name: "c.yaml", bytes: text(yaml), isGood: true },
      { kind: "config", name: "c.json", bytes: text(json), isGood: true },
      { kind: "onnx", name: "m.onnx", bytes: readFileSync(model), isGood: true },
    ],
    lies: lies(),
  };
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, expect, test } from "vitest";
import { decodeNpy, npyHeader } from "./npy.ts";
import { readNpz, writeNpz } from "./npz.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-npz-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const floats = Float32Array.of(1, -2, 3.5, 4, 5, 6);
const entries = [
  {
    name: "samples",
    type: "|u1",
    shape: [5],
    chunks: () => [Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5)],
  },
  {
    name: "codes",
    type: "<f4",
    shape: [2, 3],
    chunks: () => [floats.subarray(0, 4), floats.subarray(4)],
  },
] as const;

test("arrays come back, others of the archive are not read, and the bytes are always the same", async () => {
  const [a, b] = [join(root, "a.npz"), join(root, "b.npz")];
  await writeNpz(a, entries);
  await writeNpz(b, entries);
  expect(readFileSync(a)).toEqual(readFileSync(b));
  const read = await readNpz(a, ["codes", "labels"]);
  expect([...read.keys()]).toEqual(["codes"]);
  expect(read.get("codes")).toEqual({ type: "<f4", shape: [2, 3], data: floats });
  // Another reader of zips agrees.
  const files = unzipSync(readFileSync(a));
  expect(decodeNpy("x", files["samples.npy"]!).data).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
});

test("headers are NumPy's", () => {
  for (const shape of [[3], [2, 3], [], [1, 28, 28], [123456789, 3, 1024, 1024]]) {
    const header = npyHeader("<f4", shape);
    expect(header.length % 64).toBe(0);
    expect(header.at(-1)).toBe(10);
  }
  const text = new TextDecoder("latin1").decode(npyHeader("<i4", [7]).subarray(10));
  expect(text).toMatch(/^\{'descr': '<i4', 'fortran_order': False, 'shape': \(7,\), \} +\n$/);
});

test("NumPy itself reads them, where it is installed", async (context) => {
  try {
    execFileSync("python3", ["-c", "import numpy"], { stdio: "ignore" });
  } catch {
    context.skip("no Python with NumPy on this machine");
  }
  const file = join(root, "numpy.npz");
  await writeNpz(file, entries);
  const script = `import numpy; a = numpy.load(${JSON.stringify(file)}); print(a["codes"].tolist(), a["samples"].dtype)`;
  const said = execFileSync("python3", ["-c", script], { encoding: "utf8" });
  expect(said.trim()).toBe("[[1.0, -2.0, 3.5], [4.0, 5.0, 6.0]] uint8");
});

test("what is no such file is said to be none, and a failed write leaves nothing", async () => {
  const file = join(root, "broken.npz");
  for (const bytes of ["", "PK\x03\x04 and so on", "not a zip at all"]) {
    writeFileSync(file, bytes);
    await expect(readNpz(file, ["codes"])).rejects.toThrow(/NPZ_FORMAT/);
  }
  await expect(readNpz(join(root, "none.npz"), ["codes"])).rejects.toThrow(/NPZ_FORMAT.*ENOENT/);
  const whole = Uint8Array.from([...npyHeader("<f4", [2]), 0, 0, 0, 0]);
  expect(() => decodeNpy("x", whole)).toThrow(/NPY_FORMAT.*4 of 8 bytes/);
  expect(() => decodeNpy("x", npyHeader("<f4", [2]).subarray(0, 40))).toThrow(/NPY_FORMAT/);
  const failing = {
    ...entries[0],
    chunks: () =>
      (function* () {
        yield Uint8Array.of(1);
        throw new Error("the generator broke");
      })(),
  };
  await expect(writeNpz(join(root, "half.npz"), [failing])).rejects.toThrow(/^the gen/);
  expect(readdirSync(root).filter((f) => f.includes("half"))).toEqual([]);
});

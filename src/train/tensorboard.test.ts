import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { crc32c } from "../core/crc32c.ts";
import { encodePng } from "../core/png.ts";
import { TensorBoardLog } from "./tensorboard.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-board-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** [field, value] of a message: numbers of fixed width and varints as numbers, the rest as bytes. */
function decode(bytes: Uint8Array): [number, number | Uint8Array][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const value = (wire: number): number | Uint8Array => {
    if (wire === 0) return varint();
    const size = wire === 1 ? 8 : wire === 5 ? 4 : varint();
    at += size;
    if (wire === 1) return view.getFloat64(at - size, true);
    return wire === 5 ? view.getFloat32(at - size, true) : bytes.subarray(at - size, at);
  };
  const fields: [number, number | Uint8Array][] = [];
  while (at < bytes.length) {
    const key = varint();
    fields.push([key >>> 3, value(key & 7)]);
  }
  return fields;
}
const of = (message: Uint8Array, field: number) => decode(message).find(([f]) => f === field)?.[1];
const all = (message: Uint8Array, field: number) =>
  decode(message).flatMap(([f, v]) => (f === field ? [v as Uint8Array] : []));
const textOf = (v: unknown) => Buffer.from(v as Uint8Array).toString();

/** The events of a file; fails where a CRC is not as TensorFlow's reader wants it. */
function eventsOf(file: string): Uint8Array[] {
  const whole = new Uint8Array(readFileSync(file));
  const view = new DataView(whole.buffer);
  const unmasked = (at: number): number => {
    const rotated = (view.getUint32(at, true) - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  const events: Uint8Array[] = [];
  for (let at = 0; at < whole.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(unmasked(at + 8)).toBe(crc32c(whole.subarray(at, at + 8)));
    const data = whole.subarray(at + 12, at + 12 + length);
    expect(unmasked(at + 12 + length)).toBe(crc32c(data));
    events.push(data);
    at += length + 16;
  }
  return events;
}

test("a training as TensorBoard reads it: scalars with their meanings, scores, pictures, restarts", () => {
  const png = join(root, "step.png");
  writeFileSync(
    png,
    encodePng({ width: 3, height: 2, channels: 3, data: new Uint8Array(18).fill(7) }),
  );
  let time = 1_700_000_000.5;
  const log = new TensorBoardLog(join(root, "a", "b"), () => time++);
  const about = { "d.loss": { meaning: "surprise" }, "g.loss": { meaning: "doubt" } };
  const progress = { kind: "progress", images: 40, seconds: 1, about } as const;
  log.hear({ kind: "start", step: 300 });
  log.hear({ ...progress, step: 310, values: { "d.loss": 1.5, "g.loss": -0.25 } });
  log.hear({ ...progress, step: 320, values: { "d.loss": 2 } });
  log.hear({ kind: "scores", step: 320, values: { fid: 12 }, took: 1 });
  log.hear({ kind: "samples", step: 320, file: png });
  log.hear({ kind: "end", step: 320, why: "steps" });

  const [file, ...others] = readdirSync(join(root, "a", "b"));
  expect(others).toEqual([]);
  expect(file).toMatch(/^events\.out\.tfevents\.1700000000\.\d+\.ganymede$/);
  const events = eventsOf(join(root, "a", "b", file!));
  expect(events.map((e) => [of(e, 1), of(e, 2)])).toEqual(
    [0, 300, 310, 320, 320, 320].map((step, i) => [1_700_000_001.5 + i, step]),
  );
  const [version, start, first, second, scores, image] = events as [Uint8Array, ...Uint8Array[]];
  expect(textOf(of(version, 3))).toBe("brain.Event:2");
  expect(decode(of(start!, 7) as Uint8Array)).toEqual([[1, 1]]);
  const scalars = (event: Uint8Array) =>
    all(of(event, 5) as Uint8Array, 1).map((v) => {
      const about = of(v, 9) as Uint8Array | undefined;
      return [textOf(of(v, 1)), of(v, 2), about && textOf(of(about, 3))];
    });
  expect(scalars(first!)).toEqual([
    ["d/loss", 1.5, "surprise"],
    ["g/loss", -0.25, "doubt"],
  ]);
  expect(scalars(second!)).toEqual([["d/loss", 2, undefined]]);
  expect(scalars(scores!)).toEqual([["scores/fid", 12, undefined]]);
  const shown = of(of(image!, 5) as Uint8Array, 1) as Uint8Array;
  expect(textOf(of(shown, 1))).toBe("samples");
  const picture = of(shown, 4) as Uint8Array;
  expect([1, 2, 3].map((field) => of(picture, field))).toEqual([2, 3, 3]);
  expect(Buffer.from(of(picture, 4) as Uint8Array).equals(readFileSync(png))).toBe(true);
});

test("a folder that takes nothing is a coded error", () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  expect(() => new TensorBoardLog(join(file, "board"))).toThrow(/UNWRITABLE/);
});

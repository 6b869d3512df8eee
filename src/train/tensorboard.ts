import { appendFileSync, readFileSync } from "node:fs";
import { join as joinPath } from "node:path";
import { crc32c } from "../core/crc32c.ts";
import { makeFolder, unwritable } from "../core/files.ts";
import {
  bytes,
  double,
  each,
  float,
  int,
  join,
  type Message,
  sub,
  text,
  toBytes,
} from "../core/protobuf.ts";
import type { ReadingAbout } from "../gan/game.ts";
import type { LoopEvent } from "./loop.ts";

/**
 * Writes what a training says as an event file of TensorBoard, beside the run's own metrics.jsonl: one
 * file a session. Field numbers: event.proto and summary.proto of TensorFlow 2; framing:
 * tensorflow/core/lib/io/record_writer.h.
 */
export class TensorBoardLog {
  private readonly file: string;
  private readonly now: () => number;
  private readonly described = new Set<string>();

  /**
   * @param folder where the event file is made
   * @param now seconds since 1970
   */
  constructor(folder: string, now: () => number = () => Date.now() / 1000) {
    this.now = now;
    const began = String(Math.floor(now())).padStart(10, "0");
    this.file = joinPath(folder, `events.out.tfevents.${began}.${process.pid}.ganymede`);
    try {
      makeFolder(folder);
    } catch (cause) {
      throw unwritable(folder, cause);
    }
    this.write(0, text(3, "brain.Event:2"));
  }

  /** Throws `DISK_FULL` or `UNWRITABLE`. */
  hear(event: LoopEvent): void {
    const { step } = event;
    // Whatever an earlier session wrote of later steps no longer holds.
    if (event.kind === "start" || event.kind === "rollback") this.write(step, sub(7, int(1, 1)));
    if (event.kind === "progress") this.scalars(step, event.values, event.about);
    if (event.kind === "health") this.scalars(step, prefixed("health", event.gauges), {});
    if (event.kind === "scores") this.scalars(step, prefixed("scores", event.values), {});
    if (event.kind === "samples") this.image(step, readFileSync(event.file));
  }

  private scalars(
    step: number,
    values: Readonly<Record<string, number>>,
    about: Readonly<Record<string, ReadingAbout>>,
  ): void {
    const one = ([name, value]: [string, number]) =>
      sub(
        1,
        join([text(1, tagOf(name)), float(2, value), this.describe(name, about[name]?.meaning)]),
      );
    this.write(step, sub(5, each(Object.entries(values), one)));
  }

  /** Summary.Value.metadata, once for each tag: what the reading means. */
  private describe(name: string, meaning: string | undefined): Message {
    if (meaning === undefined || this.described.has(name)) return join([]);
    this.described.add(name);
    return sub(9, text(3, meaning));
  }

  private image(step: number, png: Uint8Array): void {
    const { width, height, channels } = headOf(png);
    const image = join([int(1, height), int(2, width), int(3, channels), bytes(4, png)]);
    this.write(step, sub(5, sub(1, join([text(1, "samples"), sub(4, image)]))));
  }

  private write(step: number, what: Message): void {
    const event = join([double(1, this.now()), int(2, step), what]);
    try {
      appendFileSync(this.file, recordOf(toBytes(event)));
    } catch (cause) {
      throw unwritable(this.file, cause);
    }
  }
}

/** `d.loss` → `d/loss`: TensorBoard groups what stands before a slash. */
const tagOf = (name: string): string => name.replace(".", "/");

const prefixed = (prefix: string, values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));

/** uint64 length, its masked CRC, the data, their masked CRC; all little-endian. */
function recordOf(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return record;
}

/** Rotated and shifted, so that the CRC of data which hold CRCs is a good one too. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;

/** Channels by the colour type of a PNG: grey, -, RGB, palette, grey and alpha, -, RGBA. */
const channelsOf = [1, 0, 3, 3, 2, 0, 4];

/** The first chunk of a PNG, which begins at byte 8: length, IHDR, width, height, depth, colour type. */
function headOf(png: Uint8Array): { width: number; height: number; channels: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const channels = channelsOf[view.getUint8(25)]!;
  return { width: view.getUint32(16), height: view.getUint32(20), channels };
}

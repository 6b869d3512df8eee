import type { FaultRecord } from "../app/faults.ts";
import type { Field, ItemArray } from "../data/source.ts";
import type { ReadingAbout } from "../gan/game.ts";
import type { CodeLayout } from "../train/codes.ts";
import type { TickReadings } from "../train/trainer.ts";
import type { DeviceId } from "./request.ts";

/** Items that a generator made. */
export interface Samples {
  /** Ticks done when they were made. */
  readonly step: number;
  readonly count: number;
  /** What an item is. */
  readonly field: Field;
  /** [count, …field.shape] as networks see them, row-major: pixels in [-1, 1]. */
  readonly items: Float32Array;
}

/** What a page hears of a training. Times are in seconds since it began. */
export type WebEvent =
  | {
      /** Something that takes a while has begun, or got on. */
      readonly kind: "loading";
      /** A noun phrase. */
      readonly what: string;
      /** So much of `total` is done, in one unit, where that is known. */
      readonly done?: number;
      readonly total?: number;
    }
  | {
      /** Training is about to begin. */
      readonly kind: "start";
      readonly step: number;
      readonly device: DeviceId;
      /** Threads of WebAssembly, or the browser's name for the GPU. */
      readonly on: string;
      /** What the generator makes. */
      readonly field: Field;
      /** Some items of the data, raw, to be shown beside those made. */
      readonly real: ItemArray;
      /** Classes of a conditional generator; none otherwise. */
      readonly classes: readonly string[];
      /** How the numbers of a code lie in it. */
      readonly codes: CodeLayout;
      /** Options with their defaults filled in. */
      readonly options: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: "progress";
      readonly step: number;
      readonly images: number;
      readonly seconds: number;
      /** Steps per second of the time that went into steps, lately. */
      readonly speed: number;
      /** The readings of every tick since the last event. */
      readonly rows: readonly TickReadings[];
      /** What the readings are, by name. */
      readonly about: Readonly<Record<string, ReadingAbout>>;
    }
  | ({ readonly kind: "samples" } & Samples)
  | { readonly kind: "paused"; readonly step: number }
  /** Something was left out, or is not as good as it could be. One sentence. */
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "end"; readonly step: number; readonly why: WebEnding }
  /** Training has ended by an error; what was trained until then can still be sampled and saved. */
  | ({ readonly kind: "fault" } & FaultRecord);

/** Why a training ended: its steps are done, or somebody stopped it. */
export type WebEnding = "steps" | "stopped";

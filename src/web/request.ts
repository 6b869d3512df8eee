import type { RuntimeFiles } from "../engine/run/web-files.ts";
import type { WebData } from "./data.ts";

/** What a page can train on. */
export type DeviceId = "wasm" | "webgpu";

/** What to train, on what. Plain data, but for the pictures that it may hold: it goes to a worker. */
export interface WebRequest {
  /** The id of a system of the zoo. */
  readonly system: string;
  readonly preset?: string;
  /** Options of the system, by name; they win over the preset's. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The system's own data when absent, where a page can make them. */
  readonly data?: WebData;
  /** `auto` when absent: a real GPU for pictures, WebAssembly for points and where there is none. */
  readonly device?: DeviceId | "auto";
  /** Seeds weights, data order and noise; 0 when absent. */
  readonly seed?: number;
  /** Steps in all, Infinity too; those of the preset, else 2,000, when absent. */
  readonly steps?: number;
  /** Threads of WebAssembly; as many as the page may have, at most 8, when absent. */
  readonly threads?: number;
  /** Steps per call of the runtime; fitted to a quarter of a second when absent. */
  readonly chunk?: number;
  /** Begins with this state, as `snapshot` gave it, instead of first values. */
  readonly restore?: Uint8Array;
  /** Begins paused. */
  readonly paused?: boolean;
  readonly pictures?: PictureRequest;
  /** Where the runtime's files are; beside the worker's script when absent. */
  readonly runtime?: RuntimeFiles;
}

/** Samples of fixed codes that come by themselves while training runs. */
export interface PictureRequest {
  /** Seconds from one to the next at least; 1 when absent, Infinity for none. */
  readonly everySeconds?: number;
  /** Items; 64 pictures or 512 of anything else when absent. */
  readonly count?: number;
}

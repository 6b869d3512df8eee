/**
 * Ganymede in a browser: the systems of the zoo train in a worker of the page, on WebAssembly or on
 * WebGPU. docs/guide/browser.md shows how to put it into a page.
 */
export type { FaultRecord } from "../app/faults.ts";
export type { CheckedModel } from "../app/generator-model.ts";
export { type Fault, GanymedeError } from "../core/errors.ts";
export type { DigitSide } from "../data/digit-side.ts";
export type { Column } from "../data/finite.ts";
export type { Field, ItemArray, Source } from "../data/source.ts";
export type { RuntimeFiles } from "../engine/run/web-files.ts";
export { type WasmThreads, wasmThreads } from "../engine/run/web-wasm.ts";
export { type GpuAdapter, gpuAdapter } from "../engine/run/web-webgpu.ts";
export type { ReadingAbout } from "../gan/game.ts";
export type { CodeLayout, CodePart } from "../train/codes.ts";
export type { SampleRequest } from "../train/sampler.ts";
export type { TickReadings } from "../train/trainer.ts";
/**
 * What a page can name: every system, and the data that are made rather than read; and those among
 * them that learn points of a plane, and are such points.
 */
export { pointSourceIds, pointSystemIds, sourceIds, systemIds } from "./_ids.ts";
export type { ColumnsData, PointsData, SourceData, WebData } from "./data.ts";
export { drawSamples } from "./draw.ts";
export type { Samples, WebEnding, WebEvent } from "./events.ts";
export type { IdxData, IdxFrom } from "./idx.ts";
export type { ImagesData, PageImage } from "./images.ts";
export type { Probed, ProbeRequest } from "./probe.ts";
export type { Change } from "./protocol.ts";
export type { DeviceId, PictureRequest, WebRequest } from "./request.ts";
export { startTraining } from "./start.ts";
export type { WebTraining } from "./training.ts";

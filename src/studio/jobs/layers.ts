import { type NetLayers, netLayers } from "../../app/unit-layer.ts";
import type { Job } from "../job.ts";

export interface LayersAsked {
  /** The run's folder. */
  readonly path: string;
  readonly checkpoint?: number | undefined;
}

/** What can be looked at inside a run's nets. */
export const layers: Job<LayersAsked, NetLayers> = async ({ path, checkpoint }, bench) =>
  netLayers(await bench.open(path, checkpoint));

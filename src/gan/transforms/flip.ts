import { flip as reversed } from "../../engine/ops/index.ts";
import { sometimes, type Transform } from "./transform.ts";

/** Mirrors each image left to right with probability ½. */
export const flip: Transform = sometimes(0.5, (images) => reversed(images, { axes: [3] }));

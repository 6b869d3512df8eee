import { GanymedeError } from "../core/errors.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { type Journey, journey, type Path } from "../train/journey.ts";
import { isPicture, pixelsOf } from "../train/pixels.ts";
import { type SampleRequest, Sampler } from "../train/sampler.ts";
import { type AnimationFormat, animationFormats, writeAnimation } from "./animation.ts";
import type { Codes } from "./codes.ts";
import { type OpenRun, withSampler } from "./sample.ts";
import { type SampleFormat, writeSamples } from "./sample-files.ts";

export interface Interpolation {
  /** .gif, .webp or .mp4; .png for a strip, a row a leg; .npz or .csv for the items as numbers. */
  readonly out: string;
  readonly format?: AnimationFormat | SampleFormat;
  /** From one key to the next; 24, or 8 in a strip, when absent. */
  readonly perLeg?: number;
  /** Goes back to the first key, so that the animation has no jump. */
  readonly loop?: boolean;
  readonly path?: Path;
  /** Frames a second; 24 when absent. */
  readonly fps?: number;
  /** Side of a drawn pixel; as many as fit in 256 pixels of height when absent. */
  readonly zoom?: number;
  /** Where a run draws noise of its own. */
  readonly seed?: number;
  readonly onProgress?: (done: number, frames: number) => void;
}

export interface Interpolated {
  readonly file: string;
  readonly format: AnimationFormat | SampleFormat;
  readonly frames: number;
}

/**
 * What a generator makes on the way from code to code, as an animation, a strip or numbers. Between keys
 * of different classes the classes are blended.
 *
 * @param keys two codes or more
 * @throws GanymedeError ANIMATION_FORMAT, FFMPEG_MISSING, FFMPEG_FAILED, CLASS_BLEND, and what
 *   `writeSamples` throws
 */
export async function interpolate(
  run: OpenRun,
  keys: Codes,
  asked: Interpolation,
): Promise<Interpolated> {
  const { out } = asked;
  const format = asked.format ?? formatOf(out);
  const moving = isAnimation(format);
  const perLeg = asked.perLeg ?? (moving ? 24 : 8);
  const request = requestBetween(run, keys, { ...asked, perLeg });
  const blended = request.towards ? withBlend(run) : run;
  try {
    if (moving) await animate(blended, request, { ...asked, format });
    else {
      const columns = format === "png" && isPicture(run.field) ? { columns: perLeg } : {};
      const onProgress = (done: number) => asked.onProgress?.(done, request.count);
      await writeSamples(blended, request, { out, format, ...columns, onProgress });
    }
  } finally {
    if (blended !== run) await blended.dispose();
  }
  return { file: out, format, frames: request.count };
}

/**
 * What to ask a sampler for, to see what lies between keys. With `towards` where classes are blended,
 * which takes a sampler that does.
 */
export function requestBetween(
  run: OpenRun,
  keys: Codes,
  asked: Pick<Interpolation, "loop" | "path" | "seed"> & { readonly perLeg: number },
): SampleRequest {
  const { perLeg, loop = false, path, seed = 0 } = asked;
  const way = journey(keys.codes, run.sampler.layout, { perLeg, loop, ...(path && { path }) });
  return { seed, count: way.frames, codes: way.codes, ...labelsOf(keys, way) };
}

const isAnimation = (format: string): format is AnimationFormat =>
  (animationFormats as readonly string[]).includes(format);

const endings = [...animationFormats, "png", "npz", "csv"] as const;

/** What a path asks for: without an ending a folder of pictures. Throws `ANIMATION_FORMAT`. */
function formatOf(out: string): AnimationFormat | SampleFormat {
  const ending = /\.([a-z0-9]+)$/i.exec(out)?.[1]?.toLowerCase();
  if (ending === undefined) return "folder";
  const known = endings.find((e) => e === ending);
  if (known !== undefined) return known;
  throw new GanymedeError("ANIMATION_FORMAT", {
    where: out,
    expected: `a file that ends in ${endings.map((e) => `.${e}`).join(", ")}`,
    got: `.${ending}`,
    fix: "choose another ending",
  });
}

/** The class of each frame, and the one that it is on the way to where a leg has two. */
function labelsOf({ labels }: Codes, { between }: Journey): Partial<SampleRequest> {
  if (!labels) return {};
  const own = between.map(({ from }) => labels[from]!);
  const still = between.every(({ share }) => share === 0);
  if (still || labels.every((label) => label === labels[0])) return { labels: own };
  const towards = {
    labels: between.map(({ to }) => labels[to]!),
    mix: between.map(({ share }) => share),
  };
  return { labels: own, towards };
}

/** The run with a sampler that blends classes. */
function withBlend(run: OpenRun): OpenRun {
  const { game, variables, provider, sampler } = run;
  return withSampler(run, new Sampler(game, variables, provider, sampler.batch, { blend: true }));
}

async function animate(
  run: OpenRun,
  request: SampleRequest,
  asked: Interpolation & { readonly format: AnimationFormat },
): Promise<void> {
  if (!isPicture(run.field)) {
    throw new GanymedeError("SAMPLE_FORMAT", {
      where: asked.out,
      expected: "images, to animate them",
      got: `items of shape [${run.field.shape}]`,
      fix: "write .png (where the items go), .csv or .npz",
    });
  }
  const [channels = 1, height = 1, width = 1] = run.field.shape;
  const zoom = asked.zoom ?? Math.max(1, Math.floor(256 / height));
  async function* frames() {
    let done = 0;
    const size = sizeOf(run.field.shape);
    for await (const items of run.pieces(request)) {
      const pixels = pixelsOf(items, run.field);
      for (let k = 0; k < items.length / size; k++) {
        yield pixels.subarray(k * size, (k + 1) * size);
        asked.onProgress?.(++done, request.count);
      }
    }
  }
  await writeAnimation(asked.out, asked.format, {
    shape: [channels, height, width],
    zoom,
    fps: asked.fps ?? 24,
    count: request.count,
    frames,
  });
}

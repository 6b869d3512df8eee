import { GanymedeError } from "../core/errors.ts";
import { makeResizer } from "../core/resize.ts";
import type { ExtractorManifest } from "./extractor-manifest.ts";

/** Images [count, channels, height, width], row-major. */
export interface Images {
  readonly data: Float32Array;
  readonly count: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Values of black and white. */
  readonly range: readonly [low: number, high: number];
}

/** Writes image `i` of a piece, as the model takes it, into `out`. */
type Prepared = (i: number, out: Float32Array) => void;

/** Readies images for a model: checks them, brings them to its size, channels and values. */
export function makePreparer(
  manifest: ExtractorManifest,
): (images: Images, before: number) => Prepared {
  const { height, width, channels, resize } = manifest.input;
  return (images, before) => {
    check(manifest, images);
    const [low, high] = images.range;
    const cut = new Float32Array(images.height * images.width);
    const toSize = makeResizer([images.height, images.width], [height, width], resize);
    const affine = Array.from({ length: channels }, (_, c) => toValues(manifest, images, c));
    const plane = height * width;
    return (i, out) => {
      for (let c = 0; c < channels; c++) {
        const at = (i * images.channels + (images.channels === 1 ? 0 : c)) * cut.length;
        for (let k = 0; k < cut.length; k++) {
          const v = images.data[at + k]!;
          if (!Number.isFinite(v)) throw notFinite(manifest, v, before + i);
          cut[k] = v < low ? low : v > high ? high : v;
        }
        const target = out.subarray(c * plane, (c + 1) * plane);
        toSize(cut, target);
        const { scale, offset } = affine[c]!;
        if (scale === 1 && offset === 0) continue;
        for (let k = 0; k < plane; k++) target[k] = target[k]! * scale + offset;
      }
    };
  };
}

/** scale·v + offset takes the images' range to what the model's channel `c` wants. */
function toValues({ input }: ExtractorManifest, { range: [low, high] }: Images, c: number) {
  const mean = input.normalise?.mean[c] ?? 0;
  const std = input.normalise?.std[c] ?? 1;
  const [black, white] = input.range ?? [(0 - mean) / std, (1 - mean) / std];
  const scale = (white - black) / (high - low);
  return { scale, offset: black - low * scale };
}

const notFinite = ({ id }: ExtractorManifest, value: number, image: number) =>
  new GanymedeError("EXTRACTOR_INPUT", {
    where: `extractor ${id}`,
    expected: "images of finite values",
    got: `${value} in image ${image}`,
    fix: "look for where the generator diverged",
  });

function check({ id, input }: ExtractorManifest, images: Images): void {
  const { data, count, channels, height, width, range } = images;
  if (data.length !== count * channels * height * width || !(range[0] < range[1])) {
    throw new GanymedeError("EXTRACTOR_INPUT", {
      where: `extractor ${id}`,
      expected: "whole images [count, channels, height, width] in a range [low, high]",
      got: `${data.length} values for [${[count, channels, height, width]}] in [${range}]`,
      fix: "give the images' true shape and range",
    });
  }
  if (channels === input.channels || channels === 1) return;
  throw new GanymedeError("EXTRACTOR_CHANNELS", {
    where: `extractor ${id}`,
    expected: `images of ${input.channels === 1 ? "1 channel" : `1 or ${input.channels} channels`}`,
    got: `${channels} channels`,
    fix: "choose an extractor for such images, or turn them to that many channels yourself",
  });
}

import { z } from "zod";
import type { OptionValues } from "../../core/options.ts";
import { decoderNames } from "./open-decoder.ts";
import { type Frame, filters } from "./raster.ts";

const pixels = z.int().min(1).max(4096);

/** Options of everything that is made of picture files. */
export const frameOptions = {
  path: z.string().describe("folder or zip file"),
  side: pixels
    .optional()
    .describe("pixels a side; as they are where all are alike and at most 256, else 64"),
  height: pixels.optional().describe("rows, where not square; side is then the width"),
  channels: z
    .literal([1, 2, 3, 4])
    .optional()
    .describe("1 grey, 3 RGB, 2 and 4 with alpha; 1 where all are grey, else 3"),
  fit: z
    .enum(["cover", "contain", "stretch"])
    .default("cover")
    .describe("how other shapes fit: cut at both sides, with borders, or distorted"),
  filter: z
    .enum(Object.keys(filters) as [keyof typeof filters])
    .default("lanczos3")
    .describe("by what pictures are resized, without aliasing but for nearest"),
  background: z
    .string()
    .regex(/^#?[0-9a-f]{6}$/i)
    .default("ffffff")
    .describe("red, green, blue in hexadecimal: behind transparent pixels, around contain"),
  decoder: z
    .enum(decoderNames)
    .default("auto")
    .describe("sharp, or plain JavaScript without WebP; auto: sharp where it starts"),
};

export type FrameOptions = OptionValues<typeof frameOptions>;

export const colourOf = (hex: string): Frame["background"] => {
  const value = Number.parseInt(hex.replace("#", ""), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

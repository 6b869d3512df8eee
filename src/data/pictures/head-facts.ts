import type { Entry } from "../entry.ts";
import { inOrder } from "../lanes.ts";
import type { Field } from "../source.ts";
import type { Decoder, PictureInfo } from "./raster.ts";
import { ahead, probe } from "./survey.ts";

/** How often each size, shape, format and kind of colour occurs among files of pictures. */
export async function headFacts(
  entries: readonly Entry[],
  decoder: Decoder,
  { shape }: Field,
): Promise<Record<string, Map<string, number>>> {
  const [, height, width] = shape as [number, number, number];
  const facts: Record<string, Map<string, number>> = {};
  const count = (fact: string, value: string) => {
    facts[fact] ??= new Map();
    facts[fact].set(value, (facts[fact].get(value) ?? 0) + 1);
  };
  for await (const info of inOrder(entries, ahead, (entry) => probe(entry, decoder))) {
    if (!info) continue;
    count("format", info.format);
    count("size", `${info.width}x${info.height}`);
    count("aspect", aspectOf(info));
    count("colour", colourOf(info));
    const isSmaller = info.width < width || info.height < height;
    if (isSmaller) count("enlarged", `smaller than ${width}x${height}`);
  }
  return facts;
}

function aspectOf({ width, height }: PictureInfo): string {
  const ratio = width / height;
  if (ratio > 0.95 && ratio < 1.05) return "square";
  return ratio > 1 ? "wider than high" : "higher than wide";
}

const colourOf = ({ grey, alpha, depth }: PictureInfo): string =>
  `${grey ? "grey" : "colour"}${alpha ? " with alpha" : ""}${depth > 8 ? `, ${depth} bit` : ""}`;

import { GanymedeError } from "../../core/errors.ts";
import { plainDecoder } from "./plain.ts";
import type { Decoder } from "./raster.ts";
import { sharpDecoder } from "./sharp.ts";

export const decoderNames = ["auto", "sharp", "plain"] as const;

/** @throws GanymedeError DATA_DECODER when sharp is asked for and does not start */
export async function openDecoder(name: (typeof decoderNames)[number]): Promise<Decoder> {
  const found = name === "plain" ? plainDecoder : await sharpDecoder();
  if (found) return found;
  if (name === "auto") return plainDecoder;
  throw new GanymedeError("DATA_DECODER", {
    where: "data",
    expected: "sharp",
    got: "none that starts here",
    fix: "install it (npm i sharp), or choose the decoder plain",
  });
}

import sharp from "sharp";
import { expect, test } from "vitest";
import { stream } from "../../core/random.ts";
import { plainDecoder } from "./plain.ts";
import type { Frame } from "./raster.ts";
import { sharpDecoder } from "./sharp.ts";

const [width, height] = [70, 45];
const pixels = Uint8Array.from(
  { length: width * height * 3 },
  (_, i) => (i % width) * 2 + ((i * 7919) % 13),
);
const picture = () => sharp(pixels, { raw: { width, height, channels: 3 } });
const frame: Frame = {
  width,
  height,
  channels: 3,
  fit: "cover",
  filter: "lanczos3",
  background: [255, 255, 255],
};
const compressions = ["none", "lzw", "packbits", "deflate"] as const;
const predictors = ["none", "horizontal"] as const;

test.each(
  compressions.flatMap((compression) =>
    predictors.map((predictor) => ({ compression, predictor })),
  ),
)("$compression with predictor $predictor: what libtiff reads", async (options) => {
  const bytes = await picture().tiff(options).toBuffer();
  const decoders = [plainDecoder, (await sharpDecoder())!];
  const [plain, other] = await Promise.all(
    decoders.map(async (d) => d.decode(bytes, await d.probe(bytes), frame)),
  );
  expect(plain).toEqual(other);
});

test("damaged files end soon, with a reason", async () => {
  const bytes = await picture().tiff({ compression: "lzw" }).toBuffer();
  const small = { ...frame, width: 4, height: 4 };
  for (let i = 0; i < 300; i++) {
    const random = stream(3, "tiff", i);
    const copy = new Uint8Array(bytes);
    for (const at of random.integers(4, 250))
      copy[copy.length - 1 - at] = random.uint32(1)[0]! & 255;
    const began = performance.now();
    try {
      const info = await plainDecoder.probe(copy);
      if (info.width * info.height > plainDecoder.largest) continue;
      await plainDecoder.decode(copy, info, small);
    } catch (error) {
      expect((error as Error).message).not.toBe("");
    }
    expect(performance.now() - began).toBeLessThan(5000);
  }
});

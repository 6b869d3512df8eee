import { spawn } from "node:child_process";
import { once } from "node:events";
import { GanymedeError } from "../core/errors.ts";
import { fillAtomic, writeAtomic } from "../core/files.ts";

/** GIF (256 colours), animated WebP, MP4 where ffmpeg is installed. */
export const animationFormats = ["gif", "webp", "mp4"] as const;
export type AnimationFormat = (typeof animationFormats)[number];

/** Pictures to be shown one after the other. */
export interface Clip {
  /** Channels (1 grey, 3 RGB, 4 RGBA), height and width of a picture. */
  readonly shape: readonly [channels: number, height: number, width: number];
  /** Every pixel is drawn as a square of so many. */
  readonly zoom: number;
  /** Pictures a second, above 0. */
  readonly fps: number;
  readonly count: number;
  /** Pixels 0 … 255 of each picture, [channels, height, width]. */
  frames(): AsyncIterable<Uint8Array>;
}

/** GIF and WebP encoders want all frames at once: as RGBA no more than this. */
const largestClip = 2 ** 30;

/**
 * Writes an animation that repeats without end. MP4 passes through memory a frame at a time; GIF and
 * WebP hold all frames.
 *
 * @throws GanymedeError CLIP_SIZE, FFMPEG_MISSING, FFMPEG_FAILED, DISK_FULL, UNWRITABLE
 */
export async function writeAnimation(
  path: string,
  format: AnimationFormat,
  clip: Clip,
): Promise<void> {
  if (format === "mp4") return writeMp4(path, clip);
  const { shape, zoom, count } = clip;
  const bytes = count * shape[1] * shape[2] * zoom ** 2 * 4;
  if (bytes > largestClip) {
    throw new GanymedeError("CLIP_SIZE", {
      where: path,
      expected: `at most ${largestClip} bytes of pictures in a .${format}`,
      got: `${bytes}: ${count} frames of ${shape[2] * zoom}x${shape[1] * zoom}`,
      fix: "ask for fewer frames or a smaller --zoom, or for .mp4, which takes any number",
    });
  }
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for await (const frame of clip.frames()) frames.push(rgbaOf(frame, clip));
  writeAtomic(path, await (format === "gif" ? gifOf : webpOf)(frames, clip));
}

const sizeOfClip = ({ shape, zoom }: Clip) => ({ width: shape[2] * zoom, height: shape[1] * zoom });

/** A planar picture as interleaved RGBA, zoomed. */
function rgbaOf(frame: Uint8Array, { shape, zoom }: Clip): Uint8Array<ArrayBuffer> {
  const [channels, height, width] = shape;
  const plane = height * width;
  const out = new Uint8Array(plane * zoom * zoom * 4);
  let at = 0;
  for (let y = 0; y < height * zoom; y++) {
    const row = Math.floor(y / zoom) * width;
    for (let x = 0; x < width * zoom; x++) {
      const from = row + Math.floor(x / zoom);
      for (let c = 0; c < 3; c++) out[at++] = frame[(channels < 3 ? 0 : c) * plane + from]!;
      out[at++] = channels === 4 ? frame[3 * plane + from]! : 255;
    }
  }
  return out;
}

async function gifOf(frames: readonly Uint8Array<ArrayBuffer>[], clip: Clip): Promise<Uint8Array> {
  const { encode } = await import("modern-gif");
  // GIF counts hundredths of a second.
  const delay = Math.max(2, Math.round(100 / clip.fps)) * 10;
  const gif = await encode({
    ...sizeOfClip(clip),
    frames: frames.map((data) => ({ data, delay })),
    looped: true,
    loopCount: 0,
  });
  return new Uint8Array(gif);
}

async function webpOf(frames: readonly Uint8Array<ArrayBuffer>[], clip: Clip): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const { width, height } = sizeOfClip(clip);
  const tall = Buffer.concat(frames);
  const raw = { width, height: height * frames.length, channels: 4 as const, pageHeight: height };
  const delay = frames.map(() => Math.round(1000 / clip.fps));
  // Drawn squares compress well without loss, and keep their edges.
  const look = clip.zoom > 1 ? { lossless: true } : { quality: 90 };
  return sharp(tall, { raw, limitInputPixels: false })
    .webp({ ...look, loop: 0, delay })
    .toBuffer();
}

/** H.264, or what the installed ffmpeg makes of .mp4, in even sizes as players want them. */
async function writeMp4(path: string, clip: Clip): Promise<void> {
  const { width, height } = sizeOfClip(clip);
  const input = ["-f", "rawvideo", "-pix_fmt", "rgba", "-s", `${width}x${height}`];
  const even = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p"];
  await fillAtomic(path, (temporary) =>
    feedFfmpeg(
      ["-y", ...input, "-r", String(clip.fps), "-i", "-", ...even, "-movflags", "+faststart"],
      temporary,
      clip,
    ),
  );
}

async function feedFfmpeg(args: string[], temporary: string, clip: Clip): Promise<void> {
  const shown = ["-hide_banner", "-loglevel", "error", ...args, "-f", "mp4", `file:${temporary}`];
  const child = spawn("ffmpeg", shown, { stdio: ["pipe", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", (cause) => reject(missing(cause)));
    child.once("close", resolve);
  });
  // An ffmpeg that stops early is told of by its exit code; the broken pipe says nothing more.
  child.stdin.on("error", () => {});
  const fed = (async () => {
    for await (const frame of clip.frames()) {
      if (child.stdin.destroyed) return;
      if (!child.stdin.write(rgbaOf(frame, clip))) {
        await Promise.race([once(child.stdin, "drain"), ended]).catch(() => {});
      }
    }
    child.stdin.end();
  })();
  fed.catch(() => child.kill());
  const code = await ended;
  await fed;
  if (code !== 0) throw failed(said.trim().split("\n").at(-1) || `exit code ${code}`);
}

const missing = (cause: Error) =>
  new GanymedeError(
    "FFMPEG_MISSING",
    {
      where: "ffmpeg",
      expected: "the program ffmpeg, which makes MP4 files",
      got: (cause as NodeJS.ErrnoException).code === "ENOENT" ? "none on the PATH" : cause.message,
      fix: "install it (apt install ffmpeg, brew install ffmpeg), or write .webp or .gif",
    },
    { cause },
  );

const failed = (got: string) =>
  new GanymedeError("FFMPEG_FAILED", {
    where: "ffmpeg",
    expected: "an MP4 file",
    got,
    fix: "write .webp or .gif, or install a newer ffmpeg",
  });

/**
 * How long a folder of pictures takes to its first training step, the first time and from the cache:
 * `npm run build && npx tsx bench/own-data.ts [pictures] [side] [jpg|png]`. Prints seconds, the most memory that the
 * process held (Linux only) and the processor time, so that a busy machine can be told from slow code.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { stream } from "../src/core/random.ts";

const [count = 10_000, side = 256] = process.argv.slice(2, 4).map(Number);
const format = process.argv[4] ?? "jpg";
const root = fileURLToPath(new URL("..", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "ganymede-own-data-"));
const folder = join(work, "pictures");

/** Something between a photograph and noise: a few blurred spots, so that files have a usual size. */
async function paint(index: number): Promise<void> {
  const coarse = new Uint8Array(stream(1, "bench/picture", index).uint32(24 * 24).buffer);
  const raw = { width: 24, height: 24, channels: 3 as const };
  await sharp(coarse.subarray(0, 24 * 24 * 3), { raw })
    .resize(side, side, { kernel: "cubic" })
    .toFormat(format === "png" ? "png" : "jpeg", format === "png" ? {} : { quality: 90 })
    .toFile(join(folder, `${String(index).padStart(6, "0")}.${format}`));
}

interface Start {
  readonly seconds: number;
  readonly peakMiB: number | undefined;
  readonly processorSeconds: number | undefined;
}

/** Trains for one step; the clock stops at its line. */
function train(): Promise<Start> {
  const began = performance.now();
  const small = ["--batch", "8", "--width", "2", "--discriminator-width", "2", "--chunk", "1"];
  const flags = ["--steps", "1", "--json", "--out", join(work, "runs"), ...small];
  const args = ["dist/cli/main.js", "train", "dcgan", "--data", folder, ...flags];
  const env = { ...process.env, GANYMEDE_CACHE: join(work, "cache") };
  const child = spawn(process.execPath, args, {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let seconds = Number.NaN;
  let held: Pick<Start, "peakMiB" | "processorSeconds"> = readHeld(child.pid!);
  const timer = setInterval(() => {
    const now = readHeld(child.pid!);
    // A process that has just ended says nothing more.
    if (now.peakMiB !== undefined && Number.isNaN(seconds)) held = now;
  }, 200);
  return new Promise((resolve, reject) => {
    child.stdout.on("data", (text: Buffer) => {
      if (Number.isNaN(seconds) && text.includes('"step":1')) {
        seconds = (performance.now() - began) / 1000;
      }
    });
    child.on("exit", (code) => {
      clearInterval(timer);
      if (code === 0 && seconds > 0) resolve({ seconds, ...held });
      else reject(new Error(`training ended with code ${code}`));
    });
  });
}

/** From /proc: the high-water mark of memory, and user and system time at 100 ticks a second. */
function readHeld(pid: number): Pick<Start, "peakMiB" | "processorSeconds"> {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return { peakMiB: undefined, processorSeconds: undefined };
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(file, "utf8"))?.[1];
  const ticks = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return {
    peakMiB: peak === undefined ? undefined : Number(peak) / 1024,
    processorSeconds: (Number(ticks[11]) + Number(ticks[12])) / 100,
  };
}

const show = (name: string, { seconds, peakMiB, processorSeconds }: Start) =>
  console.log(
    `${name}: ${seconds.toFixed(1)} s, ${processorSeconds?.toFixed(1) ?? "?"} s of processor, at most ${peakMiB?.toFixed(0) ?? "?"} MiB`,
  );

try {
  mkdirSync(folder);
  for (let i = 0; i < count; i += 16) {
    await Promise.all(Array.from({ length: Math.min(16, count - i) }, (_, k) => paint(i + k)));
  }
  console.log(`${count} pictures of ${side}x${side}, ${format}`);
  show("first start ", await train());
  show("second start", await train());
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** One point of bench/scale.ts in a process of its own: takes a setting, prints what was measured. */
import { fileURLToPath } from "node:url";
import type { Source } from "../src/data/source.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import type { Game } from "../src/gan/game.ts";
import { Trainer } from "../src/train/trainer.ts";
import { flopsOfTick, parametersOf } from "./_ours.ts";
import { median } from "./_results.ts";
import { dcganGame, imagesOf, steps } from "./_steps.ts";

export interface Setting {
  readonly nets: "dcgan" | "mlp";
  /** Pixels along a side of an image; 0 for points. */
  readonly side: number;
  readonly batch: number;
  readonly width: number;
}

export interface Point extends Setting {
  /** Of both nets. */
  readonly parameters: number;
  readonly flops: number;
  readonly medianMs: number;
  /** The most memory held while compiling and training, above that of the process before. */
  readonly mib: number;
}

function gameOf({ nets, side, ...size }: Setting): { game: Game; source: Source } {
  if (nets === "mlp") {
    const { game, source } = steps["mlp-grid25"]!;
    return { game: game(size), source };
  }
  const source = imagesOf(side, size.batch);
  return { game: dcganGame(size, source.fields), source };
}

/** Arithmetic of one tick, from the graph; nothing is run. */
export function flopsOfSetting(setting: Setting): number {
  const { game, source } = gameOf(setting);
  return flopsOfTick(game, source);
}

/** Steps for at least this long, 3 at least. */
const enoughMs = 3000;

async function measure(setting: Setting): Promise<Point> {
  const provider = await nodeCpu({ threads: 2 });
  const { game, source } = gameOf(setting);
  const idle = process.memoryUsage().rss / 2 ** 20;
  const trainer = new Trainer({ game, source, provider, seed: 0, chunk: 1 });
  await trainer.advance(2);
  const ms: number[] = [];
  for (const began = performance.now(); ms.length < 3 || performance.now() - began < enoughMs; ) {
    const from = performance.now();
    await trainer.advance(trainer.step + 1);
    ms.push(performance.now() - from);
  }
  const { generator, discriminator } = parametersOf(trainer);
  return {
    ...setting,
    parameters: generator + discriminator,
    flops: flopsOfSetting(setting),
    medianMs: median(ms),
    mib: process.resourceUsage().maxRSS / 1024 - idle,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await measure(JSON.parse(process.argv[2]!) as Setting)));
  process.exit(0);
}

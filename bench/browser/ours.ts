/** Ganymede in a page: `?backend=wasm|webgpu&threads=2`. See `_host.mjs`. */
import { webWasm } from "../../src/engine/run/web-wasm.ts";
import { webWebgpu } from "../../src/engine/run/web-webgpu.ts";
import type { Request, Timing } from "../_contender.ts";
import { Ganymede } from "../_ours.ts";
import { host } from "./_host.mjs";

interface Asked {
  readonly backend: string | null;
  readonly threads: number;
}

/** `dcgan32 5 batch=1 width=64 seed=0`, as `lineOf` writes it. */
function parse(line: string): Request {
  const [step = "", count, ...words] = line.split(" ");
  const numbers = Object.fromEntries(words.map((word) => word.split("=") as [string, string]));
  const size = { batch: Number(numbers.batch), width: Number(numbers.width) };
  return { step, count: Number(count), size, seed: Number(numbers.seed) };
}

host(async ({ backend, threads }: Asked) => {
  const provider = backend === "webgpu" ? webWebgpu() : webWasm({ threads });
  // On a device a chunk is as many calls, which are then as many as a peer makes.
  const ours = new Ganymede("Ganymede", provider, backend === "webgpu" ? 1 : undefined);
  const answer = async (line: string): Promise<Timing> => {
    try {
      return await ours.time(parse(line));
    } catch (error) {
      return { cannot: error instanceof Error ? error.message : String(error) };
    }
  };
  await provider;
  return { answer };
});

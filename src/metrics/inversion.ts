import { adam, lbfgs, type Search } from "../core/minimise.ts";
import { stream } from "../core/random.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { reshape, square, sub, sum } from "../engine/ops/index.ts";
import { program } from "../engine/program.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import type { Rows } from "./metric.ts";
import { eachDistanceBlock } from "./neighbours.ts";

/** A generator that can be followed backwards. */
export interface Invertible {
  /** Size of a code. */
  readonly latent: number;
  /** Codes on [−1, 1] and kept there, or standard normal ones. */
  readonly distribution: "normal" | "uniform";
  /** Codes f32[n, latent] → items f32[n, …], traced. */
  make(codes: Tensor): Tensor;
  /** The variables that `make` reads, by name. */
  value(name: string): Value;
}

/** What is made small, traced: a loss for each row. */
export interface InversionLoss {
  /** Items and targets [n, item size], codes [n, latent] → f32[n]. */
  loss(at: { readonly items: Tensor; readonly targets: Tensor; readonly codes: Tensor }): Tensor;
  /** The inputs that it reads beside those, by name. */
  readonly values?: ReadonlyMap<string, Value>;
}

export interface Inversion {
  readonly seed: number;
  /** Codes drawn, of which each target starts from those whose items are nearest; 500 when absent. */
  readonly pool?: number;
  /** Starts of each target; 1 when absent. */
  readonly restarts?: number;
  /** How to go down from there; Adam when absent. */
  readonly optimiser?: "adam" | "lbfgs";
  /** Its steps; 60 when absent. */
  readonly steps?: number;
  /** Adam's learning rate; 0.05 when absent. */
  readonly rate?: number;
  /** ‖G(z) − x‖² when absent. */
  readonly loss?: InversionLoss;
  /** Told how many times all rows were looked at, and what was seen; what it throws ends the search. */
  readonly onLook?: (looks: number, seen: InversionSeen) => void;
}

/** What was looked at last, one row a start; valid during the call. */
export interface InversionSeen {
  /** [rows, item size], as networks see them. */
  readonly items: Float32Array;
  readonly losses: Float32Array;
}

/** The nearest items that a generator was found to make, start by start of each target. */
export interface Inverted {
  /** Row i·restarts + r is start r of target i: [n·restarts, latent]. */
  readonly codes: Float32Array;
  /** Of the items of those codes from their targets, Euclidean, in the range that networks see. */
  readonly distances: Float64Array;
  /** What was made small, at those codes. */
  readonly losses: Float64Array;
}

/**
 * For each target the code whose item is nearest to it: the best of a random pool, then descent on
 * ‖G(z) − x‖² or another loss, the best step kept. An upper bound of the true distance. Lipton, Tripathi
 * 2017, arXiv:1702.04782; recall in Lucic et al. 2018, arXiv:1711.10337, section 5.2. Deterministic.
 *
 * @param targets items in the range that networks see, [n, item size]
 */
export async function invert(
  provider: Provider,
  generator: Invertible,
  targets: Rows,
  { seed, pool = 500, restarts = 1, onLook, ...how }: Inversion,
): Promise<Inverted> {
  const { latent, distribution } = generator;
  const rows = repeated(targets, restarts);
  const descent = await openDescent(provider, generator, rows, how.loss);
  const starts = await nearestCodes(descent, generator, targets, { seed, pool, restarts });
  const { optimiser = "adam", steps = 60, rate = 0.05 } = how;
  const bound = distribution === "uniform" ? 1 : Infinity;
  const searches = Array.from({ length: rows.count }, (_, row) => {
    const start = Float64Array.from(starts.subarray(row * latent, (row + 1) * latent));
    return optimiser === "adam"
      ? adam(start, { steps, rate, bound })
      : lbfgs(start, { steps, bound });
  });
  try {
    const codes = await searchTogether(searches, descent, latent, onLook);
    const { squares, losses } = await descent.at(codes);
    return {
      codes,
      distances: Float64Array.from(squares, Math.sqrt),
      losses: Float64Array.from(losses),
    };
  } finally {
    await descent.dispose();
  }
}

const repeated = ({ count, width, data }: Rows, times: number): Rows => {
  const all = new Float32Array(count * times * width);
  for (let i = 0; i < count * times; i++) {
    const from = Math.floor(i / times) * width;
    all.set(data.subarray(from, from + width), i * width);
  }
  return { count: count * times, width, data: all };
};

/** Runs searches side by side, one row each, and returns where they ended. */
async function searchTogether(
  searches: readonly Search[],
  descent: Descent,
  latent: number,
  onLook: Inversion["onLook"],
): Promise<Float32Array> {
  const codes = new Float32Array(searches.length * latent);
  const states = searches.map((search) => search.next());
  const place = () => {
    states.forEach(({ value, done }, row) => {
      codes.set(done ? value.point : value, row * latent);
    });
  };
  for (let looks = 1; states.some(({ done }) => !done); looks++) {
    place();
    const { items, losses, slopes } = await descent.at(codes);
    searches.forEach((search, row) => {
      if (states[row]!.done) return;
      const gradient = Float64Array.from(slopes.subarray(row * latent, (row + 1) * latent));
      states[row] = search.next({ value: losses[row]!, gradient });
    });
    onLook?.(looks, { items, losses });
  }
  place();
  return codes;
}

/** What a batch of codes makes, how far it is from the targets, and which way is down. */
interface Look {
  readonly items: Float32Array;
  readonly squares: Float32Array;
  readonly losses: Float32Array;
  readonly slopes: Float32Array;
}

interface Descent {
  at(values: Float32Array): Promise<Look>;
  dispose(): Promise<void>;
}

async function openDescent(
  provider: Provider,
  generator: Invertible,
  targets: Rows,
  asked?: InversionLoss,
): Promise<Descent> {
  const { count, width } = targets;
  const shape = [count, generator.latent];
  const codes = input("codes", shape);
  const wanted = input("targets", [count, width]);
  const items = reshape(generator.make(codes), { shape: [count, width] });
  const squares = sum(square(sub(items, wanted)), { axes: [1] });
  const losses = asked?.loss({ items, targets: wanted, codes }) ?? squares;
  const slopes = grad(sum(losses), [codes])[0]!;
  const compiled = program({ items, squares, losses, slopes });
  const session = await provider.create(toOnnx(compiled, { target: provider.target }));
  const fixed: Record<string, Value> = {};
  for (const name of compiled.inputs.map((t) => inputName(t)!)) {
    if (name === "codes" || name === "targets") continue;
    fixed[name] = asked?.values?.get(name) ?? generator.value(name);
  }
  fixed.targets = provider.value("f32", [count, width], Float32Array.from(targets.data));
  return {
    async at(values) {
      const fed = { ...fixed, codes: provider.value("f32", shape, values.slice()) };
      const results = await session.run(fed);
      const read = async (name: keyof Look) => (await results[name]!.data()) as Float32Array;
      return {
        items: await read("items"),
        squares: await read("squares"),
        losses: await read("losses"),
        slopes: await read("slopes"),
      };
    },
    dispose: () => session.dispose(),
  };
}

/** For each target, the codes of a random pool whose items are nearest, nearest first. */
async function nearestCodes(
  descent: Descent,
  { latent, distribution }: Invertible,
  targets: Rows,
  asked: { readonly seed: number; readonly pool: number; readonly restarts: number },
): Promise<Float32Array> {
  const { seed, restarts } = asked;
  const { width } = targets;
  const rows = targets.count * restarts;
  const rounds = Math.ceil(asked.pool / rows);
  const pool = { count: rounds * rows, width, data: new Float32Array(rounds * rows * width) };
  const drawn = new Float32Array(pool.count * latent);
  const random = stream(seed, "inversion/pool");
  if (distribution === "normal") random.normal(drawn);
  else drawn.set(random.uniform(drawn).map((v) => 2 * v - 1));
  for (let round = 0; round < rounds; round++) {
    const codes = drawn.subarray(round * rows * latent, (round + 1) * rows * latent);
    pool.data.set((await descent.at(codes)).items, round * rows * width);
  }
  const squares = new Float64Array(targets.count * pool.count);
  eachDistanceBlock(targets, pool, ({ firstA, countA, firstB, countB, squares: block, stride }) => {
    for (let i = 0; i < countA; i++) {
      const row = block.subarray(i * stride, i * stride + countB);
      squares.set(row, (firstA + i) * pool.count + firstB);
    }
  });
  const codes = new Float32Array(rows * latent);
  for (let row = 0; row < rows; row += restarts) {
    const target = row / restarts;
    const from = squares.subarray(target * pool.count, (target + 1) * pool.count);
    const order = Array.from(from, (_, i) => i).sort((a, b) => from[a]! - from[b]! || a - b);
    order.slice(0, restarts).forEach((best, r) => {
      codes.set(drawn.subarray(best * latent, (best + 1) * latent), (row + r) * latent);
    });
  }
  return codes;
}

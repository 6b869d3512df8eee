import { stream } from "../core/random.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { reshape, square, sub, sum } from "../engine/ops/index.ts";
import { program } from "../engine/program.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import type { Rows } from "./metric.ts";
import { nearestIn } from "./neighbours.ts";

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

export interface Inversion {
  readonly seed: number;
  /** Codes drawn, of which each target starts from the one whose item is nearest; 500 when absent. */
  readonly pool?: number;
  /** Steps of Adam from there; 60 when absent. */
  readonly steps?: number;
  /** Its learning rate; 0.05 when absent. */
  readonly rate?: number;
}

/** The nearest items that a generator was found to make. */
export interface Inverted {
  /** One code a target, [n, latent]. */
  readonly codes: Float32Array;
  /** Euclidean, in the range that networks see, one a target. */
  readonly distances: Float64Array;
}

/**
 * For each target the code whose item is nearest to it: the best of a random pool, then descent on
 * ‖G(z) − x‖² by Adam, the best step kept. An upper bound of the true distance. Lipton, Tripathi 2017,
 * arXiv:1702.04782; recall in Lucic et al. 2018, arXiv:1711.10337, section 5.2. Deterministic.
 *
 * @param targets items in the range that networks see, [n, item size]
 */
export async function invert(
  provider: Provider,
  generator: Invertible,
  targets: Rows,
  { seed, pool = 500, steps = 60, rate = 0.05 }: Inversion,
): Promise<Inverted> {
  const { latent, distribution } = generator;
  const descent = await openDescent(provider, generator, targets);
  const codes = await nearestCodes(descent, generator, targets, { seed, pool });
  const best = { codes: codes.slice(), distances: new Float64Array(targets.count).fill(Infinity) };
  const adam = hostAdam(codes.length, rate);
  for (let step = 0; step <= steps; step++) {
    const { squares, slopes } = await descent.at(codes);
    squares.forEach((square, i) => {
      const distance = Math.sqrt(square);
      if (distance >= best.distances[i]!) return;
      best.distances[i] = distance;
      best.codes.set(codes.subarray(i * latent, (i + 1) * latent), i * latent);
    });
    adam(codes, slopes);
    if (distribution === "uniform") codes.set(codes.map(clamp));
  }
  await descent.dispose();
  return best;
}

const clamp = (v: number): number => Math.min(Math.max(v, -1), 1);

/** What a batch of codes makes, how far it is from the targets, and which way is down. */
interface Look {
  readonly items: Float32Array;
  readonly squares: Float32Array;
  readonly slopes: Float32Array;
}

async function openDescent(provider: Provider, generator: Invertible, targets: Rows) {
  const { count, width } = targets;
  const shape = [count, generator.latent];
  const codes = input("codes", shape);
  const wanted = input("targets", [count, width]);
  const items = reshape(generator.make(codes), { shape: [count, width] });
  const squares = sum(square(sub(items, wanted)), { axes: [1] });
  const slopes = grad(sum(squares), [codes])[0]!;
  const compiled = program({ items, squares, slopes });
  const session = await provider.create(toOnnx(compiled, { target: provider.target }));
  const fixed: Record<string, Value> = {};
  for (const name of compiled.inputs.map((t) => inputName(t)!)) {
    if (name !== "codes" && name !== "targets") fixed[name] = generator.value(name);
  }
  fixed.targets = provider.value("f32", [count, width], Float32Array.from(targets.data));
  return {
    async at(values: Float32Array): Promise<Look> {
      const fed = { ...fixed, codes: provider.value("f32", shape, values.slice()) };
      const results = await session.run(fed);
      const read = async (name: keyof Look) => (await results[name]!.data()) as Float32Array;
      return {
        items: await read("items"),
        squares: await read("squares"),
        slopes: await read("slopes"),
      };
    },
    dispose: () => session.dispose(),
  };
}

/** For each target, the code of a random pool whose item is nearest. */
async function nearestCodes(
  descent: { at(values: Float32Array): Promise<Look> },
  { latent, distribution }: Invertible,
  targets: Rows,
  { seed, pool }: { readonly seed: number; readonly pool: number },
): Promise<Float32Array> {
  const { count, width } = targets;
  const rounds = Math.ceil(pool / count);
  const drawn = new Float32Array(rounds * count * latent);
  const made = new Float32Array(rounds * count * width);
  const random = stream(seed, "inversion/pool");
  if (distribution === "normal") random.normal(drawn);
  else drawn.set(random.uniform(drawn).map((v) => 2 * v - 1));
  for (let round = 0; round < rounds; round++) {
    const codes = drawn.subarray(round * count * latent, (round + 1) * count * latent);
    made.set((await descent.at(codes)).items, round * count * width);
  }
  const { index } = nearestIn(targets, { count: rounds * count, width, data: made });
  const codes = new Float32Array(count * latent);
  index.forEach((from, i) => {
    codes.set(drawn.subarray(from * latent, (from + 1) * latent), i * latent);
  });
  return codes;
}

/** Adam on the host: β 0.9 and 0.999, in place. */
function hostAdam(size: number, rate: number) {
  const [means, squares] = [new Float64Array(size), new Float64Array(size)];
  let [left1, left2] = [1, 1];
  return (values: Float32Array, slopes: Float32Array): void => {
    left1 *= 0.9;
    left2 *= 0.999;
    for (let i = 0; i < size; i++) {
      means[i] = 0.9 * means[i]! + 0.1 * slopes[i]!;
      squares[i] = 0.999 * squares[i]! + 0.001 * slopes[i]! ** 2;
      const root = Math.sqrt(squares[i]! / (1 - left2)) + 1e-8;
      values[i] = values[i]! - (rate * means[i]!) / (1 - left1) / root;
    }
  };
}

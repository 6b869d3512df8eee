/** A net fitted to one noisy picture: what it learns first is the picture, and only later the noise. */
import { stream } from "../src/core/random.ts";
import { finiteSource } from "../src/data/finite.ts";
import { constant } from "../src/engine/ir/leaves.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { mean, square, sub } from "../src/engine/ops/index.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import type { AnyPlayer, Game, Player, Turn } from "../src/gan/game.ts";
import { inAtomLengths, sparsity } from "../src/gan/terms/sparsity.ts";
import * as nn from "../src/nn/index.ts";
import { Trainer } from "../src/train/trainer.ts";

export interface DeepPrior {
  /** Values in [−1, 1], [c, side, side]: as they should be, and as they are given. */
  readonly clean: Float32Array;
  readonly noisy: Float32Array;
  readonly shape: readonly number[];
  readonly width: number;
  /** λ of the mean size of the finest hidden map in lengths of its atoms; 0 = a plain deep image prior. */
  readonly sparsity: number;
  readonly steps: number;
  readonly seed: number;
}

/** What the net is fed, always the same: as many channels as it is wide. */
const fedTo = ({ shape, width, seed }: DeepPrior): Tensor => {
  const fed = [1, width, shape[1]!, shape[2]!];
  const size = fed.reduce((a, b) => a * b);
  return constant(stream(seed, "proof/deep prior").uniform(new Float32Array(size)), fed);
};

/** Down twice and up twice: the finest hidden map in lengths of its atoms, and the picture it makes. */
function hourglass({ shape, width }: DeepPrior): nn.Net<Tensor, readonly [Tensor, Tensor]> {
  const block = (stride: number) => [
    nn.conv(width, { kernel: 3, stride, pad: 1 }),
    nn.instanceNorm({ affine: true }),
    nn.leaky(0.2),
  ];
  const codes = nn.sequential([
    ...[2, 1, 2, 1].flatMap(block),
    nn.upsample(2),
    ...block(1),
    nn.upsample(2),
    nn.conv(width, { kernel: 3, pad: 1 }),
    nn.instanceNorm({ affine: true }),
    nn.relu,
  ]);
  return (x, scope) => {
    let atoms: Tensor | undefined;
    const seen: nn.WeightTransform = (weight) => {
      atoms = weight;
      return weight;
    };
    const dictionary = nn.conv(shape[0]!, { kernel: 3, pad: 1, weightTransform: seen });
    const map = codes(x, scope.child("codes"));
    const picture = dictionary(map, scope.child("dictionary"));
    return [inAtomLengths(map, atoms!), picture];
  };
}

function gameOf(o: DeepPrior): Game {
  const net = nn.module("g", hourglass(o));
  const fed = fedTo(o);
  const player: Player<Turn> = {
    name: "g",
    owns: [net],
    view: (turn) => turn,
    objective({ call, batch }) {
      const made = call(net, fed)[1];
      const distance = (to: Tensor) => mean(square(sub(made, to)));
      const error = { value: distance(batch.clean!), meaning: "squared error of the picture" };
      const meaning = "squared distance from what is given";
      return { loss: distance(batch.noisy!), meaning, readings: { error } };
    },
    terms:
      o.sparsity > 0
        ? [sparsity<Turn>({ weight: o.sparsity, of: ({ call }) => [call(net, fed)[0]] })]
        : [],
    optimiser: nn.adam({ rate: 1e-2, beta1: 0.9 }),
  };
  return {
    field: "noisy",
    batch: 1,
    players: [player as AnyPlayer],
    sampler: { noise: {}, make: (_, call) => call(net, fed)[1] },
  };
}

/** Peak signal to noise of the best picture on the way, in decibels; 2 is the range of values. */
export async function bestPsnr(provider: Provider, o: DeepPrior): Promise<number> {
  const field = { shape: o.shape, dtype: "f32", scale: 1, offset: 0 } as const;
  const about = { title: "One picture", credit: "", licence: "" };
  const source = finiteSource(
    { id: "one", about },
    { clean: { field, data: o.clean }, noisy: { field, data: o.noisy } },
  );
  const trainer = new Trainer({ game: gameOf(o), source, provider, seed: o.seed, chunk: 25 });
  let least = Number.POSITIVE_INFINITY;
  while (trainer.step < o.steps) {
    for (const { values } of await trainer.advance(o.steps)) {
      least = Math.min(least, values["g.error"]!);
    }
  }
  await trainer.dispose();
  return 10 * Math.log10(4 / least);
}

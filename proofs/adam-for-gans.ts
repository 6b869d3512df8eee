import { input } from "../src/engine/ir/leaves.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { toOnnx } from "../src/engine/onnx/model.ts";
import { program } from "../src/engine/program.ts";
import type { Provider } from "../src/engine/run/provider.ts";
import { adam } from "../src/nn/adam.ts";
import type { Tensors } from "../src/nn/optimiser.ts";
import { garments, openJury, trainedFid } from "./_images.ts";
import type { Proof } from "./_proof.ts";

/** A DCGAN small enough for many runs, on garments of 16x16. */
const nets = {
  batch: 32,
  latent: 16,
  width: 16,
  discriminatorWidth: 16,
  generatorNorm: "batch",
  discriminatorNorm: "batch",
  averageHalfLife: 5000,
};

const both = (rate: number) => ({ generatorRate: rate, discriminatorRate: rate });

/** What GANs usually take. */
const preset = { optimiser: "adam", ...both(2e-4), beta1: 0.5, beta2: 0.999 };

/** Plain descent, from too slow to too fast. */
const sgdRates = [0.01, 0.03, 0.1];

export const proof: Proof = {
  id: "adam-for-gans",
  claim:
    "Adam's steps are those of its formula; with the usual GAN preset it beats SGD at its best rate",
  row: {
    family: "objective",
    mechanism:
      "θ −= α·m̂/(√v̂ + ε) with decaying means m, v of g, g²; α = 2e-4, β₁ = 0.5, β₂ = 0.999",
    parts: ["src/nn/adam.ts", "src/nn/sgd.ts", "src/nn/optimisers.ts", "src/zoo/custom.ts"],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "3 steps: largest error": { atMost: 1e-6, because: "the row's bound; float32 rounds at 1e-7" },
    "FID* of Adam over the best SGD's": { atMost: 0.7, because: "the row's bound" },
  },
  async run({ provider, seeds, size, say }) {
    const smoke = size(0, 1) === 1;
    const pictures = garments(16, { smoke });
    const jury = await openJury(provider, { pictures, count: size(2000, 100) });
    const fid = (options: Record<string, unknown>, seed: number) =>
      trainedFid(
        provider,
        jury,
        { system: "custom", ...pictures, options: { ...nets, ...options } },
        { seed, steps: size(1500, 4) },
      );
    const figures: Record<string, number[]> = {};
    for (const seed of seeds) {
      const adams = await fid(preset, seed);
      const sgds: number[] = [];
      for (const rate of sgdRates) sgds.push(await fid({ optimiser: "sgd", ...both(rate) }, seed));
      const measured: Record<string, number> = {
        "FID* of Adam over the best SGD's": adams / Math.min(...sgds),
        "FID* of Adam": adams,
        ...Object.fromEntries(sgdRates.map((rate, i) => [`FID* of SGD at ${rate}`, sgds[i]!])),
      };
      for (const [name, value] of Object.entries(measured)) {
        figures[name] = [...(figures[name] ?? []), value];
      }
      say(
        `seed ${seed}: Adam ${adams.toFixed(1)}, SGD ${sgds.map((f) => f.toFixed(1)).join(", ")}`,
      );
    }
    await jury.dispose();
    return { "3 steps: largest error": await threeSteps(provider), ...figures };
  },
};

/** Largest difference of three steps from 1 against gradients 0.5, −1, 2 by the paper's algorithm 1. */
async function threeSteps(provider: Provider): Promise<number> {
  const [rate, beta1, beta2] = [0.01, 0.5, 0.999];
  const step = await stepper(provider, { rate, beta1, beta2 });
  let [m, v, p, worst] = [0, 0, 1, 0];
  for (const [i, g] of [0.5, -1, 2].entries()) {
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const [mean, square] = [m / (1 - beta1 ** (i + 1)), v / (1 - beta2 ** (i + 1))];
    p -= (rate * mean) / (Math.sqrt(square) + 1e-8);
    worst = Math.max(worst, Math.abs(p - (await step(g))));
  }
  return worst;
}

/** Adam on one number that begins at 1, as the training step runs it: gradient → the number after. */
async function stepper(
  provider: Provider,
  options: { readonly rate: number; readonly beta1: number; readonly beta2: number },
): Promise<(gradient: number) => Promise<number>> {
  const optimiser = adam(options);
  const leaves = (names: readonly string[]): Tensors =>
    Object.fromEntries(names.map((name) => [name, input(name, [])]));
  const slots = Object.keys(optimiser.slots([]));
  const shared = Object.keys(optimiser.shared ?? {});
  const hyper = { rate: input("rate", []) };
  const advanced = optimiser.advance!(leaves(shared), hyper);
  const { parameter, gradient } = leaves(["parameter", "gradient"]) as Record<string, Tensor>;
  const after = optimiser.update({
    parameter: parameter!,
    gradient: gradient!,
    slots: leaves(slots),
    shared: advanced,
    hyper,
  });
  const outputs = { ...after.slots, ...advanced, parameter: after.parameter };
  const named = Object.fromEntries(Object.entries(outputs).map(([k, t]) => [`next ${k}`, t]));
  const session = await provider.create(toOnnx(program(named), { target: provider.target }));
  const zeros = [...slots, ...shared].map((name) => [name, 0]);
  const state: Record<string, number> = { ...Object.fromEntries(zeros), parameter: 1 };
  return async (g) => {
    const fed = { ...state, gradient: g, rate: options.rate };
    const feeds = Object.entries(fed).map(([name, value]) => [
      name,
      provider.value("f32", [], Float32Array.of(value)),
    ]);
    const results = await session.run(Object.fromEntries(feeds));
    for (const name of Object.keys(state))
      state[name] = (await results[`next ${name}`]!.data())[0]!;
    return state.parameter!;
  };
}

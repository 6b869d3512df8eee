import { lay, Play } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

const mean = 0.7;

/** Alike but for what the discriminator is asked of views. */
const nets = { batch: 256, latent: 4, width: 64, rate: 1e-3, beta1: 0, averageHalfLife: 100_000 };

const arms = {
  "label augmentation": { system: "ssgan-la", options: nets },
  "a separate head": { system: "ssgan", options: { ...nets, generatorWeight: 1 } },
};

export const proof: Proof = {
  id: "ssgan-la-line",
  claim:
    "one classifier of views and sides has its optimum at the data, where a separate classifier of views pulls the generator away",
  row: {
    family: "objective",
    mechanism:
      "D classifies view and side, 2K labels, on views of data and fakes; G minimises E log D(k, fake) − log D(k, data)",
    parts: [
      "src/zoo/ssgan-la.ts",
      "src/zoo/ssgan.ts",
      "src/gan/self-supervision/label-augmentation.ts",
      "src/gan/self-supervision/view-classifier.ts",
      "src/gan/self-supervision/views.ts",
    ],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "KL(data ‖ fakes), label augmentation": { atMost: 0.02, because: "the row's bound" },
    "KL(data ‖ fakes), a separate head": { atLeast: 0.1, because: "the row's bound" },
  },
  async run(context) {
    const figures: Record<string, number[]> = {};
    for (const seed of context.seeds) {
      for (const [name, asked] of Object.entries(arms)) {
        const found = await onLine(context, asked, seed);
        for (const [what, value] of Object.entries(found)) {
          figures[`${what}, ${name}`] = [...(figures[`${what}, ${name}`] ?? []), value];
        }
        context.say(`seed ${seed}, ${name}: ${JSON.stringify(found)}`);
      }
    }
    return figures;
  },
};

/** N(0.7, 1) and its mirror image, which overlap: a view is told for sure only far from 0. */
async function onLine(
  { provider, size }: ProofContext,
  asked: { readonly system: string; readonly options: object },
  seed: number,
): Promise<Record<string, number>> {
  const dataOptions = { mean, sigma: 1 };
  const options = { ...asked.options };
  const table = await lay({ ...asked, options, data: "gaussian-1d", dataOptions });
  const play = new Play(table, provider, seed);
  await play.until(size(6000, 4));
  const count = size(50_000, 200);
  const [made, truth] = [await play.samples(count, seed), play.data(count, seed)];
  await play.dispose();
  const middle = made.reduce((sum, v) => sum + v, 0) / count;
  const square = made.reduce((sum, v) => sum + (v - middle) ** 2, 0) / count;
  return { "KL(data ‖ fakes)": divergence(truth, made), mean: middle, σ: Math.sqrt(square) };
}

/**
 * KL of two histograms of 30 cells over ±3 about the data's mean, half an item added to each cell: of two
 * samples of one distribution it is some 30/50,000.
 */
function divergence(truth: Float32Array, made: Float32Array): number {
  const cells = 30;
  const histogram = (points: Float32Array) => {
    const counts = new Float64Array(cells).fill(0.5);
    for (const v of points) {
      const at = Math.floor(((v - mean + 3) / 6) * cells);
      const cell = Math.min(cells - 1, Math.max(0, at));
      counts[cell] = counts[cell]! + 1;
    }
    return counts.map((c) => c / (points.length + cells / 2));
  };
  const [p, q] = [histogram(truth), histogram(made)];
  return p.reduce((sum, v, i) => sum + v * Math.log(v / q[i]!), 0);
}

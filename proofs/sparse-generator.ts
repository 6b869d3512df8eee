import { garments, openJury, trainedFid } from "./_images.ts";
import type { Proof } from "./_proof.ts";

/** λ of the mean size of the finest hidden map. */
const weights = [0.02, 0.1, 0.5];

const options = {
  batch: 64,
  latent: 32,
  width: 16,
  generatorRate: 5e-4,
  discriminatorRate: 5e-4,
  averageHalfLife: 10_000,
};

export const proof: Proof = {
  id: "sparse-generator",
  claim: "a generator whose last hidden maps are kept sparse makes better garments",
  row: {
    family: "architecture",
    mechanism: "λ times the mean size of the finest hidden map, added to the generator's loss",
    parts: ["src/gan/terms/sparsity.ts", "src/zoo/sparse-generator.ts"],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "weights of three whose mean FID* is at most 0.95 of that without": {
      atLeast: 2,
      because: "the row's bound",
    },
  },
  history:
    "not run yet. The row's second half, denoising by a sparse deep image prior, has no experiment here yet",
  async run({ provider, seeds, size, say }) {
    const pictures = garments(16, { smoke: size(0, 1) === 1 });
    const jury = await openJury(provider, { pictures, count: size(2000, 40) });
    const figures: Record<string, number[]> = {};
    for (const sparsity of [0, ...weights.slice(0, size(weights.length, 1))]) {
      const name = `FID* at λ = ${sparsity}`;
      figures[name] = [];
      for (const seed of seeds) {
        const asked = {
          system: "sparse-generator",
          ...pictures,
          options: { ...options, sparsity },
        };
        figures[name].push(await trainedFid(provider, jury, asked, { seed, steps: size(1500, 4) }));
      }
      say(`${name}: ${figures[name].join(" ")}`);
    }
    await jury.dispose();
    const [plain, ...sparse] = Object.values(figures).map((v) => v.reduce((a, b) => a + b, 0));
    return {
      "weights of three whose mean FID* is at most 0.95 of that without": sparse.filter(
        (total) => total <= 0.95 * plain!,
      ).length,
      ...figures,
    };
  },
};

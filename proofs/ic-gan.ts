import { finiteSource } from "../src/data/finite.ts";
import { instanceSource } from "../src/data/instances.ts";
import type { Field, Source } from "../src/data/source.ts";
import { adversarial } from "../src/gan/adversarial.ts";
import { withLabel } from "../src/gan/condition.ts";
import { projection } from "../src/gan/conditioning/projection.ts";
import { normal } from "../src/gan/latent.ts";
import { hinge } from "../src/gan/losses/hinge.ts";
import { dcganFeatures, dcganGenerator } from "../src/gan/nets/dcgan.ts";
import { logit } from "../src/gan/nets/mlp.ts";
import { kMeans } from "../src/metrics/kmeans.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { adam } from "../src/nn/adam.ts";
import { average } from "../src/nn/average.ts";
import { module } from "../src/nn/module.ts";
import { spectralNorm } from "../src/nn/spectral-norm.ts";
import { garments, type Jury, openJury, openPictures } from "./_images.ts";
import { Play, type Table } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

const side = 16;
const image: Field = { shape: [1, side, side], dtype: "u8", scale: 2 / 255, offset: -1 };
const about = { title: "Fashion-MNIST", credit: "Han Xiao, Zalando SE", licence: "MIT" };

/** As many neighbours as clusters: the row's k. */
const k = 50;

/** Nets, rates and batch that all three games share. */
const o = { batch: 64, latent: 32, vector: 16, width: 16, rate: 5e-4, beta1: 0.5 };

export const proof: Proof = {
  id: "ic-gan",
  claim:
    "without labels, images like instances are nearer to the data than images of nothing, or of clusters",
  row: {
    family: "conditioning",
    mechanism:
      "G and D hear what describes an instance (whitened features); what is real are images of the " +
      "instances nearest to it",
    parts: ["src/data/instances.ts", "src/zoo/ic-gan.ts", "src/gan/conditioning/projection.ts"],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "FID* over that without a condition": { atMost: 1, because: "the row: below it, of means" },
    "FID* over that of clusters": { atMost: 1, because: "the row: below it, of means" },
  },
  history:
    "not run yet. The row's second half, instances of classes that were held back, has no experiment here yet",
  async run(context) {
    const { provider, size, say } = context;
    const pictures = garments(side, { smoke: size(0, 1) === 1 });
    const jury = await openJury(provider, { pictures, count: size(2000, 40) });
    const { raw } = (await openPictures(pictures, "train"))(size(10_000, 150), 0);
    const features = await jury.features(raw);
    const images = Uint8Array.from(raw);
    const tables = {
      instances: instancesOf(images, features),
      clusters: clustersOf(images, features, size(k, 3)),
      plain: tableOf(
        finiteSource({ id: "plain", about }, { image: { field: image, data: images } }),
      ),
    };
    const figures: Record<string, number[]> = {};
    for (const [name, table] of Object.entries(tables)) {
      figures[`${name}: FID*`] = await trained(context, jury, table);
      say(JSON.stringify(figures));
    }
    await jury.dispose();
    const [own, clusters, plain] = Object.values(figures).map((v) => v.reduce((a, b) => a + b, 0));
    return {
      "FID* over that without a condition": own! / plain!,
      "FID* over that of clusters": own! / clusters!,
      ...figures,
    };
  },
};

function instancesOf(images: Uint8Array, { width, data }: Rows): Table {
  const described = { field: image, images, features: Float32Array.from(data), width };
  return tableOf(instanceSource(about, described, k));
}

/** A label for each image: its cluster by k-means of the same features. */
function clustersOf(images: Uint8Array, features: Rows, clusters: number): Table {
  const { labels } = kMeans(features, { clusters, seed: 0, steps: 30 });
  const classes = Array.from({ length: clusters }, (_, c) => `cluster ${c}`);
  const label: Field = { shape: [], dtype: "i32", scale: 1, offset: 0, classes };
  const columns = { image: { field: image, data: images }, label: { field: label, data: labels } };
  return tableOf(finiteSource({ id: "clusters", about }, columns));
}

/** The game on a source: of its condition or its classes, or of neither. */
function tableOf(source: Source): Table {
  const weightTransform = spectralNorm();
  const shape = { image: image.shape, width: o.width };
  const made = dcganGenerator(shape);
  const moving = () => adam({ rate: o.rate, beta1: o.beta1 });
  const shared = {
    field: "image",
    batch: o.batch,
    latent: normal(o.latent),
    trunk: module("trunk", dcganFeatures({ ...shape, norm: "none", weightTransform })),
    discriminator: module("d", logit({ weightTransform })),
    loss: hinge(),
    optimise: { generator: moving(), discriminator: moving() },
  };
  const averageOf = (g: unknown) => ({
    of: [g as never],
    decay: average({ halfLife: 10_000, batch: o.batch }),
  });
  const { condition, label } = source.fields;
  if (!condition && !label) {
    const generator = module("g", made);
    return {
      game: adversarial({ ...shared, generator, average: averageOf(generator) }),
      source,
      chunk: 10,
    };
  }
  const classes = label?.classes ?? [];
  const generator = module("g", withLabel(made, classes.length, o.vector));
  const by = projection({ classes: classes.length, weightTransform });
  const told = label
    ? { label: "label", classes, by }
    : { label: "condition", values: normal(condition!.shape[0]!), by };
  const game = adversarial({
    ...shared,
    generator,
    condition: told,
    average: averageOf(generator),
  });
  return { game, source, chunk: 10 };
}

/** FID* of each seed; instances are those of the data, as the source draws them. */
async function trained({ provider, seeds, size }: ProofContext, jury: Jury, table: Table) {
  const found: number[] = [];
  for (const seed of seeds) {
    const play = new Play(table, provider, seed);
    await play.until(size(2000, 4));
    const count = size(2000, 40);
    const conditions = table.source.batch(0, count, seed + 1).condition;
    const raw = await play.samples(count, seed, (codes, layout) => {
      const part = layout.parts.find(({ name }) => name === "condition");
      if (!part) return undefined;
      for (let i = 0; i < count; i++) {
        const own = conditions!.subarray(i * part.size, (i + 1) * part.size);
        codes.set(own, i * layout.size + part.from);
      }
      return codes;
    });
    found.push(await jury.fidOf(raw));
    await play.dispose();
  }
  return found;
}

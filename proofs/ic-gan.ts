import { finiteSource } from "../src/data/finite.ts";
import { instanceSource, whitening } from "../src/data/instances.ts";
import type { Field, Source } from "../src/data/source.ts";
import { adversarial } from "../src/gan/adversarial.ts";
import { withLabel } from "../src/gan/condition.ts";
import { projection } from "../src/gan/conditioning/projection.ts";
import { normal } from "../src/gan/latent.ts";
import { hinge } from "../src/gan/losses/hinge.ts";
import { dcganFeatures, dcganGenerator } from "../src/gan/nets/dcgan.ts";
import { logit } from "../src/gan/nets/mlp.ts";
import { symmetricEigen } from "../src/metrics/eigenvectors.ts";
import { momentsOf } from "../src/metrics/feature-moments.ts";
import { frechetDistance } from "../src/metrics/frechet.ts";
import { kMeans } from "../src/metrics/kmeans.ts";
import type { Rows } from "../src/metrics/metric.ts";
import { adam } from "../src/nn/adam.ts";
import { average } from "../src/nn/average.ts";
import { module } from "../src/nn/module.ts";
import { spectralNorm } from "../src/nn/spectral-norm.ts";
import {
  garments,
  type Jury,
  type Labelled,
  ofClasses,
  openJury,
  openPictures,
  strangeFeatures,
} from "./_images.ts";
import { Play, type Table } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";
import { mean } from "./_sums.ts";

const side = 16;
const image: Field = { shape: [1, side, side], dtype: "u8", scale: 2 / 255, offset: -1 };
const about = { title: "Fashion-MNIST", credit: "Han Xiao, Zalando SE", licence: "MIT" };

/** As many neighbours as clusters: the row's k. */
const k = 50;

/** Nets, rates and batch that all games share. */
const o = { batch: 64, latent: 32, vector: 16, width: 16, rate: 5e-4, beta1: 0.5 };

/** Numbers of a description: the axes on which features differ most. */
const axes = 16;

/** Dresses and sneakers, which no training of the second half sees. */
const unseen = [3, 7];

export const proof: Proof = {
  id: "ic-gan",
  claim:
    "without labels, images like instances are nearer to the data than images of nothing, or of clusters, " +
    "and instances of unseen classes bring those classes",
  row: {
    family: "conditioning",
    mechanism:
      "G and D hear what describes an instance (whitened features of a net that knows digits only); what is " +
      "real are images of the instances nearest to it",
    parts: ["src/data/instances.ts", "src/zoo/ic-gan.ts", "src/gan/conditioning/projection.ts"],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "FID* over that without a condition": { atMost: 1, because: "the row: below it, of means" },
    "FID* over that of clusters": { atMost: 1, because: "the row: below it, of means" },
    "unseen classes: FID* over that without a condition": {
      atMost: 0.7,
      because: "the row's bound, of means",
    },
  },
  history: "a pilot (seed 100) kept all bounds: 0.44, 0.30 and 0.16",
  async run(context) {
    const { size, say } = context;
    const pictures = garments(side, { smoke: size(0, 1) === 1 });
    const jury = await openJury(context.provider, { pictures, count: size(2000, 40) });
    const open = async (split: "train" | "test") =>
      (await openPictures(pictures, split))(size(10_000, 400), 0);
    const data = { train: first(await open("train"), size(10_000, 300)), test: await open("test") };
    const figures = {
      ...(await ofAll(context, jury, data)),
      ...(await ofUnseen(context, jury, data)),
    };
    say(JSON.stringify(figures));
    await jury.dispose();
    return figures;
  },
};

interface Data {
  readonly train: Labelled;
  readonly test: Labelled;
}

const first = ({ raw, labels }: Labelled, count: number): Labelled => ({
  raw: raw.subarray(0, count * side * side),
  labels: labels.subarray(0, count),
});

/** Where rows lie on the axes on which the first ones differ most. */
function mainAxes(rows: Rows): (others: Rows) => Float32Array {
  const { width } = rows;
  const { vectors } = symmetricEigen(momentsOf(rows).covariance, width);
  return ({ count, data }) =>
    Float32Array.from({ length: count * axes }, (_, at) => {
      const [row, axis] = [Math.floor(at / axes) * width, (at % axes) * width];
      let sum = 0;
      for (let k = 0; k < width; k++) sum += data[row + k]! * vectors[axis + k]!;
      return sum;
    });
}

/** The three games on all classes: of instances, of their clusters, of nothing. */
async function ofAll(context: ProofContext, jury: Jury, { train }: Data) {
  const features = await strangeFeatures(context.provider, train.raw, side);
  const images = Uint8Array.from(train.raw);
  const tables = {
    instances: instancesOf(images, mainAxes(features)(features)),
    clusters: clustersOf(images, features, context.size(k, 3)),
    plain: plainOf(images),
  };
  const figures: Record<string, number[]> = {};
  for (const [name, table] of Object.entries(tables)) {
    figures[`${name}: FID*`] = await trained(
      context,
      table,
      jury.fidOf,
      (count, seed) => table.source.batch(0, count, seed + 1).condition as Float32Array | undefined,
    );
    context.say(JSON.stringify(figures));
  }
  const [own, clusters, plain] = Object.values(figures).map(mean);
  return {
    "FID* over that without a condition": own! / plain!,
    "FID* over that of clusters": own! / clusters!,
    ...figures,
  };
}

/** Trained on eight classes, told of instances of the other two. */
async function ofUnseen(context: ProofContext, jury: Jury, { train, test }: Data) {
  const isUnseen = (label: number) => unseen.includes(label);
  const [seen, hidden] = [ofClasses(train, (c) => !isUnseen(c)), ofClasses(train, isUnseen)];
  const images = Uint8Array.from(seen.raw);
  const features = await strangeFeatures(context.provider, seen.raw, side);
  const place = mainAxes(features);
  const known = place(features);
  const strange = await strangeFeatures(context.provider, hidden.raw, side);
  const told = whitening(known, axes)(place(strange));
  const reference = momentsOf(await jury.features(ofClasses(test, isUnseen).raw));
  const fidOf = async (raw: Float32Array) =>
    frechetDistance(momentsOf(await jury.features(raw)), reference).distance;
  const own = await trained(context, instancesOf(images, known), fidOf, (count) =>
    Float32Array.from({ length: count * axes }, (_, at) => told[at % told.length]!),
  );
  const plain = await trained(context, plainOf(images), fidOf, () => undefined);
  return {
    "unseen classes: FID* over that without a condition": mean(own) / mean(plain),
    "unseen classes, of their instances: FID*": own,
    "unseen classes, without a condition: FID*": plain,
  };
}

const plainOf = (images: Uint8Array): Table =>
  tableOf(finiteSource({ id: "plain", about }, { image: { field: image, data: images } }));

function instancesOf(images: Uint8Array, features: Float32Array): Table {
  const described = { field: image, images, features, width: axes };
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

/** Descriptions of as many instances, one after another; none for a game without a condition. */
type Told = (count: number, seed: number) => Float32Array | undefined;

/** FID* of each seed. */
async function trained(
  { provider, seeds, size }: ProofContext,
  table: Table,
  fidOf: (raw: Float32Array) => Promise<number>,
  told: Told,
): Promise<number[]> {
  const found: number[] = [];
  for (const seed of seeds) {
    const play = new Play(table, provider, seed);
    await play.until(size(2000, 4));
    const count = size(2000, 40);
    const conditions = told(count, seed);
    const raw = await play.samples(count, seed, (codes, layout) => {
      const part = layout.parts.find(({ name }) => name === "condition");
      if (!part || !conditions) return undefined;
      for (let i = 0; i < count; i++) {
        const own = conditions.subarray(i * part.size, (i + 1) * part.size);
        codes.set(own, i * layout.size + part.from);
      }
      return codes;
    });
    found.push(await fidOf(raw));
    await play.dispose();
  }
  return found;
}

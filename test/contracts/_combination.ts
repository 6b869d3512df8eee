import { stream } from "../../src/core/random.ts";
import type { Source } from "../../src/data/source.ts";
import { constant } from "../../src/engine/ir/leaves.ts";
import type { Tensor } from "../../src/engine/ir/tensor.ts";
import { argMax } from "../../src/engine/ops/index.ts";
import { adversarial } from "../../src/gan/adversarial.ts";
import { catalog as augmentations } from "../../src/gan/augmentation/_catalog.ts";
import { onBestFakes } from "../../src/gan/best-fakes.ts";
import {
  type Asked,
  type Conditioning,
  type ConditioningMaker,
  withLabel,
} from "../../src/gan/condition.ts";
import { catalog as conditionings } from "../../src/gan/conditioning/_catalog.ts";
import { head } from "../../src/gan/conditioning/_classifier.ts";
import { clipped } from "../../src/gan/constraints.ts";
import type { Duel } from "../../src/gan/duel.ts";
import type { Game, Term } from "../../src/gan/game.ts";
import { uniform } from "../../src/gan/latent.ts";
import { latentOptimisation } from "../../src/gan/latent-optimisation.ts";
import { catalog } from "../../src/gan/losses/_catalog.ts";
import { fDivergence } from "../../src/gan/losses/f-divergence.ts";
import type { AdversarialLoss } from "../../src/gan/losses/loss.ts";
import { bigganFeatures, bigganGenerator } from "../../src/gan/nets/biggan.ts";
import { capsuleLayers } from "../../src/gan/nets/capsule.ts";
import { dcganDiscriminator, dcganGenerator } from "../../src/gan/nets/dcgan.ts";
import { fastganFeatures, fastganGenerator } from "../../src/gan/nets/fastgan.ts";
import { growingCritic, growingGenerator, lastStage } from "../../src/gan/nets/growing.ts";
import { ladaFeatures, ladaGenerator } from "../../src/gan/nets/ladagan.ts";
import { logit, mlpFeatures, mlpGenerator } from "../../src/gan/nets/mlp.ts";
import { r3ganFeatures, r3ganGenerator } from "../../src/gan/nets/r3gan.ts";
import { resnetDiscriminator, resnetGenerator } from "../../src/gan/nets/resnet.ts";
import { parseOntology } from "../../src/gan/ontology.ts";
import { hierarchical, withOntology } from "../../src/gan/ontology-condition.ts";
import { catalog as penalties } from "../../src/gan/penalties/_catalog.ts";
import { orthogonal } from "../../src/gan/penalties/orthogonal.ts";
import { featureMatching } from "../../src/gan/terms/feature-matching.ts";
import { latentDiversity } from "../../src/gan/terms/latent-diversity.ts";
import { pathLength } from "../../src/gan/terms/path-length.ts";
import { supervision } from "../../src/gan/terms/supervision.ts";
import { unrolled } from "../../src/gan/unroll.ts";
import { adam } from "../../src/nn/adam.ts";
import { type Module, module, type Net } from "../../src/nn/module.ts";
import { spectralNorm } from "../../src/nn/spectral-norm.ts";
import { covering, type Factors, type Row } from "./_covering.ts";

const image = [1, 16, 16];
const classes = ["a", "b"];
const weightTransform = spectralNorm();
const batch = 2;
const latent = 4;

/** Pictures of noise, of two classes and with three numbers each. */
export const pictures: Source = {
  id: "pictures",
  size: Number.POSITIVE_INFINITY,
  about: { title: "noise", credit: "none", licence: "none" },
  fields: {
    image: { shape: image, dtype: "u8", scale: 2 / 255, offset: -1 },
    label: { shape: [], dtype: "i32", scale: 1, offset: 0, classes },
    numbers: { shape: [3], dtype: "f32", scale: 1, offset: 0 },
  },
  batch: (start, count, seed) => ({
    image: Uint8Array.from(
      stream(seed, "pictures", start).uint32(count * 256),
      (bits) => bits & 255,
    ),
    label: Int32Array.from({ length: count }, (_, i) => (start + i) % classes.length),
    numbers: stream(seed, "numbers", start).normal(new Float32Array(3 * count)),
  }),
};

interface Backbone {
  readonly generator: Net<Tensor, Tensor>;
  /** One that hears of classes on its own; else its code does. */
  readonly conditional?: Net<Asked, Tensor>;
  readonly trunk?: Net<Tensor, Tensor>;
  readonly discriminator: Net<Tensor, Tensor>;
}

const attending = { image, width: 1, attention: 1 };
const residual: Backbone = {
  generator: resnetGenerator({ image, width: 2 }),
  conditional: bigganGenerator({ ...attending, classes: classes.length, shared: 2 }),
  trunk: bigganFeatures({ ...attending, weightTransform }),
  discriminator: logit({ weightTransform }),
};

const excited = { image, width: 1, weightTransform };
const additive = { image, width: 2, heads: 1 };
const growing = { image, width: 1, widest: 2, deviation: true };
const grown = constant([1], []);
const voting = { image, width: 2, kinds: 2, size: 2, answers: 2 };

const grouped = { image, width: 2, widest: 4, blocks: 1, groupWidth: 2 };

const backbones: Readonly<Record<string, Backbone>> = {
  dense: {
    generator: mlpGenerator({ item: image, hidden: [4] }),
    trunk: mlpFeatures({ hidden: [4] }),
    discriminator: logit({ weightTransform }),
  },
  dcgan: {
    generator: dcganGenerator({ image, width: 2 }),
    discriminator: dcganDiscriminator({ image, width: 2, norm: "none", weightTransform }),
  },
  resnet: {
    generator: resnetGenerator({ image, width: 2 }),
    discriminator: resnetDiscriminator({ width: 2, weightTransform }),
  },
  biggan: residual,
  r3gan: {
    generator: r3ganGenerator(grouped),
    trunk: r3ganFeatures(grouped),
    discriminator: logit({ weightTransform }),
  },
  fastgan: {
    generator: fastganGenerator(excited),
    trunk: fastganFeatures(excited),
    discriminator: logit({ weightTransform }),
  },
  ladagan: {
    generator: ladaGenerator(additive),
    trunk: ladaFeatures(additive),
    discriminator: logit({ weightTransform }),
  },
  growing: {
    generator: growingGenerator(growing, lastStage(growing), grown),
    discriminator: growingCritic(growing, lastStage(growing), grown),
  },
  capsules: {
    generator: dcganGenerator({ image, width: 2 }),
    trunk: capsuleLayers(voting),
    discriminator: logit({ weightTransform }),
  },
};

/** Hellinger's, the default, grows exponentially: untrained nets at these sizes overflow it. */
const losses = { ...catalog, "f-divergence": () => fDivergence({ divergence: "pearson" }) };

/** What the generator's side may do besides. */
interface Way {
  readonly loss?: (loss: AdversarialLoss) => AdversarialLoss;
  readonly terms?: () => readonly Term<Duel>[];
  readonly refines?: boolean;
}

const ways: Readonly<Record<string, Way>> = {
  plain: {},
  unrolled: { loss: (loss) => unrolled(loss, { steps: 1, rate: 0.01 }) },
  "best-fakes": { loss: (loss) => onBestFakes(loss, 0.5) },
  "latent-step": { refines: true },
  "feature-matching": { terms: () => [featureMatching()] },
  "path-length": { terms: () => [pathLength({ every: 1 })] },
  "latent-diversity": { terms: () => [latentDiversity()] },
  orthogonal: { terms: () => [orthogonal({ of: "generator" })] },
};

/** Penalties in thirds, one of each at a time: a third of the rows. */
const third = (which: number) => Object.keys(penalties).filter((_, i) => i % 3 === which);

/** Two classes, each a group of its own, of which half of the fakes are told the group alone. */
const telling = { ontology: parseOntology("left = 0, right = 1", classes), untold: 2 };

const makers: Readonly<Record<string, ConditioningMaker>> = {
  ...conditionings,
  hierarchical: ({ weightTransform }) => hierarchical({ ...telling, weightTransform }),
};

export const factors: Factors = {
  conditioning: ["none", ...Object.keys(makers)],
  loss: Object.keys(losses),
  penalty: ["none", ...third(0)],
  second: ["none", ...third(1)],
  third: ["none", "clip", ...third(2)],
  way: Object.keys(ways),
  augmentation: ["none", ...Object.keys(augmentations)],
  backbone: Object.keys(backbones),
  told: ["class", "numbers", "guessed"],
};

const made = Object.fromEntries(
  Object.entries(makers).map(([id, make]) => [id, make({ classes: classes.length })]),
);

/** Which of its own head and loss, or of features, a conditioning asks for. */
const replaces = (id: string | undefined) => id !== undefined && made[id]?.instead !== undefined;
const looks = (id: string | undefined) =>
  id !== undefined &&
  (made[id]?.owns !== undefined || made[id]?.score !== undefined || replaces(id));

/** Combinations that make no game: `adversarial` or the first trace of a step refuses them. */
export function refused({ conditioning, way, augmentation, backbone }: Row): boolean {
  const whole = backbone !== undefined && !backbones[backbone]!.trunk;
  const follows = augmentation === "ada" || augmentation === "apa";
  return (
    (whole && (looks(conditioning) || way === "feature-matching")) ||
    (replaces(conditioning) && (follows || way === "best-fakes"))
  );
}

/** Conditionings that take numbers in the place of a class; of these one looks at items themselves. */
const numeric = ["projection", "concatenation"];

/**
 * A conditioning with a loss of its own takes the place of the other: one of these is enough. Few are told
 * of numbers, and a class of data that is guessed needs a trunk that hears of no class, and somebody to tell.
 */
function pointless({ conditioning, loss, backbone, told }: Row): boolean {
  if (replaces(conditioning) && loss !== undefined && loss !== factors.loss![0]) return true;
  const whole = backbone !== undefined && !backbones[backbone]!.trunk;
  if (told === "guessed" && whole) return true;
  if (conditioning === undefined) return false;
  if (told === "numbers") return !numeric.includes(conditioning);
  return told === "guessed" && (conditioning === "none" || conditioning === "concatenation");
}

/** What conditions a game: a class, numbers, or a class that a classifier guesses of data. */
function conditionOf(told: string, by: Conditioning, trunk: Module<Tensor, Tensor> | undefined) {
  if (told === "numbers") {
    return { condition: { label: "numbers", values: uniform(3), by }, heads: [], teaching: [] };
  }
  const condition = { label: "label", classes, by };
  if (told === "class") return { condition, heads: [], teaching: [] };
  const classifier = head("guess", classes.length, weightTransform);
  const classify = ({ turn }: Duel, items: Tensor) =>
    turn.call(classifier, turn.call(trunk!, items));
  return {
    condition: {
      ...condition,
      dataLabel: (duel: Duel) => argMax(classify(duel, duel.real), { axis: 1 }),
    },
    heads: [classifier],
    teaching: [supervision({ classify, items: "image", label: "label" })],
  };
}

/** Whether a row makes a game that some other row does not make already. */
export const fits = (row: Row): boolean => !refused(row) && !pointless(row);

/** Rows in which every pair of parts that go together occurs. */
export const combinations: readonly Row[] = covering(factors, fits);

/** The game of a row. */
export function gameOf(row: Row): Game {
  const { conditional, ...nets } = backbones[row.backbone!]!;
  const way = ways[row.way!]!;
  const lossOf: () => AdversarialLoss = losses[row.loss as keyof typeof losses];
  const step = latentOptimisation();
  const optimiser = adam({ rate: 1e-4 });
  const given = <T extends object>(catalog: T, id: string) =>
    id in catalog ? [catalog[id as keyof T]] : [];
  const terms = [row.penalty!, row.second!, row.third!].flatMap((id) => given(penalties, id));
  const ofBoth = way.refines ? [step.term] : [];
  const common = {
    field: "image",
    batch,
    latent: uniform(latent),
    discriminator: module("d", nets.discriminator),
    ...(nets.trunk && { trunk: module("trunk", nets.trunk) }),
    loss: way.loss?.(lossOf()) ?? lossOf(),
    ...(way.refines && { refine: step.refine }),
    ...(row.augmentation !== "none" && {
      augment: augmentations[row.augmentation as keyof typeof augmentations](),
    }),
    ...(row.third === "clip" && { constrain: clipped(1) }),
    terms: {
      discriminator: [...terms.map((make) => make({})), ...ofBoth],
      generator: [...(way.terms?.() ?? []), ...ofBoth],
    },
    optimise: { generator: optimiser, discriminator: optimiser },
  };
  const generator = nets.generator;
  if (row.conditioning === "none")
    return adversarial({ ...common, generator: module("g", generator) });
  const by = makers[row.conditioning!]!({ classes: classes.length, weightTransform });
  const { condition, heads, teaching } = conditionOf(row.told!, by, common.trunk);
  const hearing = (): Net<Asked, Tensor> => {
    if (row.conditioning === "hierarchical") return withOntology(generator, telling, 2);
    const own = row.told === "numbers" ? undefined : conditional;
    return own ?? withLabel(generator, classes.length, 2);
  };
  return adversarial({
    ...common,
    generator: module("g", hearing()),
    condition,
    heads,
    terms: { ...common.terms, discriminator: [...common.terms.discriminator, ...teaching] },
  });
}

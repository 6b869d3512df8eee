/**
 * docs/taxonomy.md: the list of PyTorch-StudioGAN (release 0.4), the field's reference library for image
 * GANs, beside the files that do the same here. A file that is named and does not exist stops the
 * generator; what nobody names is listed as ours alone.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What it is called there, the files that are it here (none: pending), and what is to be said. */
type Entry = readonly [theirs: string, ours: readonly string[], note?: string];

const gan = (folder: string, ...names: readonly string[]) =>
  names.map((name) => `src/gan/${folder}/${name}.ts`);
const nn = (...names: readonly string[]) => names.map((name) => `src/nn/${name}.ts`);
const own = (...names: readonly string[]) => names.map((name) => `src/gan/${name}.ts`);
const zoo = (...names: readonly string[]) => names.map((name) => `src/zoo/${name}.ts`);

const style = "pending: the style architectures come as a batch of their own";

const architectures: readonly Entry[] = [
  ["DCGAN", gan("nets", "dcgan")],
  ["ResNetGAN", gan("nets", "resnet")],
  ["SAGAN", [...gan("nets", "biggan"), ...nn("self-attention")], "residual nets with attention"],
  ["BigGAN", gan("nets", "biggan")],
  ["BigGAN-Deep (CompareGAN)", gan("nets", "biggan-deep"), "`depth` 1: one block a map"],
  ["BigGAN-Deep (StudioGAN)", gan("nets", "biggan-deep"), "`depth` blocks a map, the paper's 2"],
  ["StyleGAN2", [], style],
  ["StyleGAN3-t, StyleGAN3-r", [], style],
];

const conditionings: readonly Entry[] = [
  ["cBN", nn("conditional-batch-norm")],
  ["cAdaIN", nn("adaptive-instance-norm")],
  ["AC", gan("conditioning", "auxiliary-classifier")],
  ["PD", gan("conditioning", "projection")],
  ["SPD", [], style],
  ["MH", gan("conditioning", "multi-hinge")],
  ["MD", gan("conditioning", "multi-discriminator")],
  ["2C", gan("conditioning", "contrastive")],
  ["D2D-CE", gan("conditioning", "data-to-data")],
  ["TAC", gan("conditioning", "twin-classifier")],
  ["ADC", gan("conditioning", "discriminative-classifier")],
  ["InfoGAN codes", gan("terms", "mutual-information")],
];

const losses: readonly Entry[] = [
  ["vanilla", gan("losses", "non-saturating", "minimax")],
  ["logistic", gan("losses", "non-saturating")],
  ["least squares", gan("losses", "least-squares")],
  ["hinge", gan("losses", "hinge")],
  ["Wasserstein", gan("losses", "wasserstein")],
  ["multi-hinge", gan("conditioning", "multi-hinge"), "with its conditioning"],
];

const regularisers: readonly Entry[] = [
  ["feature matching", gan("terms", "feature-matching")],
  ["R1", gan("penalties", "r1")],
  ["weight clipping", own("constraints")],
  ["GP", gan("penalties", "gradient-penalty")],
  ["DRA", gan("penalties", "dragan")],
  ["MaxGP", gan("penalties", "max-gradient")],
  ["CR", gan("penalties", "consistency")],
  ["bCR", gan("penalties", "balanced-consistency")],
  ["zCR", [...gan("penalties", "latent-consistency"), ...gan("terms", "latent-diversity")]],
  ["latent optimisation", own("latent-optimisation")],
  ["top-k", own("best-fakes")],
  ["LeCam", gan("penalties", "le-cam")],
  ["path length", gan("terms", "path-length"), "of any generator, or of a stage that is named"],
];

const augmentations: readonly Entry[] = [
  ["DiffAugment", gan("augmentation", "diff-augment")],
  ["ADA: blit, geom, color, filter, noise, cutout", gan("augmentation", "ada")],
  ["APA", gan("augmentation", "apa")],
  ["cr, bcr", gan("augmentation", "flip-shift")],
  ["simclr_basic, simclr_hq, simclr_hq_cutout", gan("augmentation", "simclr")],
  ["byol", gan("augmentation", "byol")],
];

const tricks: readonly Entry[] = [
  ["spectral norm", nn("spectral-norm")],
  ["self-attention", nn("self-attention")],
  ["orthogonal initialisation", nn("initialisers")],
  ["EMA of the generator", nn("average")],
  ["lazy regularisation", own("game"), "`every` of any term"],
  ["gradient accumulation", nn("accumulated")],
  ["FreezeD", [...own("freeze"), ...nn("frozen")], "`branch --data … --freeze 2`"],
  ["truncation", ["src/train/codes.ts"], "`sample --within` draws again, `--truncation` scales"],
  ["mixed precision", ["src/engine/passes/autocast.ts"]],
  [
    "standing statistics",
    ["src/app/refresh.ts"],
    "`sample --refresh`; else they are averaged with the weights",
  ],
  ["discriminator-driven Langevin sampling", ["src/app/langevin.ts"], "`sample --langevin`"],
  ["SeFa", ["src/app/directions.ts"], "`ganymede directions`"],
];

const systems: readonly Entry[] = [
  ["DCGAN", zoo("dcgan")],
  ["InfoGAN", zoo("infogan")],
  ["LSGAN", zoo("lsgan")],
  ["GGAN", zoo("geometric-gan")],
  ["WGAN-WC", zoo("wgan-clip")],
  ["WGAN-GP", zoo("wgan-gp")],
  ["WGAN-DRA", zoo("dragan"), "DRAGAN's own loss; `custom` has every other with the same penalty"],
  ["ACGAN", zoo("acgan")],
  ["PD-GAN", zoo("projection-gan")],
  ["SNGAN", zoo("sngan")],
  ["SAGAN", zoo("sagan")],
  ["TAC-GAN", zoo("tac-gan")],
  ["LGAN", zoo("lipschitz-gan")],
  ["BigGAN", zoo("biggan")],
  ["BigGAN-Deep", zoo("biggan-deep")],
  ["CRGAN", zoo("crgan")],
  ["ICRGAN", zoo("icrgan")],
  ["LOGAN", zoo("logan")],
  ["ContraGAN", zoo("contragan")],
  ["MHGAN", zoo("mhgan")],
  ["MDGAN", zoo("mdgan")],
  ["BigGAN + DiffAugment", zoo("diffaug-gan")],
  ["BigGAN + ADA", zoo("ada-gan")],
  ["BigGAN + APA", zoo("apa-gan")],
  ["BigGAN + LeCam", zoo("lecam-gan")],
  ["ReACGAN", zoo("reacgan")],
  ["ADC-GAN", zoo("adc-gan")],
  ["StyleGAN2, + ADA, + APA, StyleGAN3", [], style],
];

interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
  /** Where all of ours lie: what no entry names is ours alone. */
  readonly folder: string;
}

const sections: readonly Section[] = [
  { title: "Architectures", entries: architectures, folder: "src/gan/nets" },
  { title: "Conditionings", entries: conditionings, folder: "src/gan/conditioning" },
  { title: "Adversarial losses", entries: losses, folder: "src/gan/losses" },
  { title: "Regularisers", entries: regularisers, folder: "src/gan/penalties" },
  { title: "Augmentations", entries: augmentations, folder: "src/gan/augmentation" },
  { title: "Systems", entries: systems, folder: "src/zoo" },
];

/** Files of a folder that hold the contract of its parts, and no part. */
const contracts = new Set(["augmentation", "loss", "penalty"]);

function idsIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((f) => /^[^_].*\.ts$/.test(f) && !/\.test\.ts$|^index\.ts$/.test(f))
    .map((f) => f.slice(0, -3))
    .filter((id) => !contracts.has(id))
    .sort();
}

const linked = (path: string): string => {
  if (!existsSync(join(root, path))) throw new Error(`taxonomy names ${path}, which is not there`);
  return `[${basename(path, ".ts")}](../${path})`;
};

const row = ([theirs, ours, note = ""]: Entry): string =>
  `| ${theirs} | ${ours.length > 0 ? ours.map(linked).join(", ") : "—"} | ${note} |`;

const table = (entries: readonly Entry[]): string[] => [
  "| there | here | remark |",
  "| --- | --- | --- |",
  ...entries.map(row),
];

function section({ title, entries, folder }: Section): string[] {
  const there = entries.filter(([, ours]) => ours.length > 0).length;
  const named = new Set(entries.flatMap(([, ours]) => ours));
  const alone = idsIn(folder).filter((id) => !named.has(`${folder}/${id}.ts`));
  return [
    `## ${title}: ${there} of ${entries.length}`,
    "",
    ...table(entries),
    "",
    `Here alone: ${alone.map((id) => linked(`${folder}/${id}.ts`)).join(", ") || "nothing"}.`,
    "",
  ];
}

/** The whole page. */
export const taxonomyDoc = (): string =>
  [
    "# StudioGAN's list and ours",
    "",
    "Generated by `npm run gen` from `scripts/taxonomy-doc.ts` and the folders of parts. The left column is",
    "PyTorch-StudioGAN's, release 0.4 (Kang, Shin, Park 2022, arXiv:2206.09479); parts combine freely, and",
    "`test/contracts/combinations.test.ts` trains every pair that makes a game.",
    "",
    ...sections.flatMap(section),
    "## Tricks",
    "",
    ...table(tricks),
    "",
  ].join("\n");

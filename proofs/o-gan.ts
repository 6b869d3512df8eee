import { finiteSource } from "../src/data/finite.ts";
import { garments, type Jury, openJury, type Pictures } from "./_images.ts";
import { lay, Play, type Table } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

/** Tops, trousers, what is worn on feet, bags: of each leaf, its group. */
const groups = [0, 1, 0, 0, 0, 2, 0, 2, 3, 2];
const named = "top = 0 2 3 4 6, bottom = 1, footwear = 5 7 9, bag = 8";

/** Coats, a leaf that the third game never sees; what is asked of it there is its group, number 10. */
const [hidden, hiddenGroup] = [4, 10];

/** The same game without levels: each class is a group of its own. */
const flat = Array.from({ length: 10 }, (_, c) => `${c} = ${c}`).join(", ");

const options = {
  batch: 64,
  latent: 32,
  width: 16,
  generatorRate: 5e-4,
  discriminatorRate: 5e-4,
  averageHalfLife: 10_000,
};

export const proof: Proof = {
  id: "o-gan",
  claim:
    "garments of a class are of that class, and of its group, and of a group alone are of the group",
  row: {
    family: "conditioning",
    mechanism: "a vector of each level of an ontology for G, a classifier of each level for D",
    parts: ["src/gan/ontology.ts", "src/gan/ontology-condition.ts", "src/zoo/o-gan.ts"],
  },
  seeds: [0, 1, 2, 3, 4],
  thresholds: {
    "of a class: share of its group": { atLeast: 0.95, because: "the row's bound" },
    "of a class: share of that class": { atLeast: 0.85, because: "the row's bound" },
    "seeds with FID* at most that of classes alone, of five": {
      atLeast: 3,
      because: "the row's bound",
    },
    "of the group alone of a leaf never seen: share of it": {
      atLeast: 0.8,
      because: "the row's bound",
    },
  },
  cause:
    "four of five seeds give 92 to 100 % of the class asked for; seed 3 gives 81 and " +
    "others of the same group for the rest. FID* is level with that of classes alone (means 43.4 and 43.8, " +
    "lower in two seeds of five). We believe that both are too far from the data after 2,000 steps for the " +
    "levels to tell",
  history:
    "a pilot (seed 100) kept all bounds: 1 and 1 of a class, 1 of the group of the leaf that it never saw, " +
    "FID* 38.5 against 44.6",
  async run(context) {
    const { provider, seeds, size, say } = context;
    const pictures = garments(16, { smoke: size(0, 1) === 1 });
    const jury = await openJury(provider, { pictures, count: size(2000, 40) });
    const figures: Record<string, number[]> = {};
    const levels = await tableOf(pictures, named);
    const games = { levels, alone: await tableOf(pictures, flat), held: without(levels, hidden) };
    for (const seed of seeds) {
      const found = {
        ...(await ofLevels(context, games.levels, jury, seed)),
        ...(await ofHeldBack(context, games.held, jury, seed)),
        "classes alone: FID*": await ofClassesAlone(context, games.alone, jury, seed),
      };
      for (const [name, value] of Object.entries(found)) {
        figures[name] = [...(figures[name] ?? []), value];
      }
      say(`seed ${seed}: ${JSON.stringify(found)}`);
    }
    await jury.dispose();
    const better = figures["FID*"]!.filter((v, i) => v <= figures["classes alone: FID*"]![i]!);
    return { ...figures, "seeds with FID* at most that of classes alone, of five": better.length };
  },
};

async function tableOf(pictures: Pictures, ontology: string): Promise<Table> {
  const untold = ontology === flat ? 0 : 8;
  return lay({ system: "o-gan", ...pictures, options: { ...options, ontology, untold } });
}

/** The same game on data that lack a class. */
function without({ source, ...rest }: Table, missing: number): Table {
  const { image, label } = source.inOrder!(0, source.size!);
  const area = image!.length / label!.length;
  const kept = [...label!.keys()].filter((i) => label![i] !== missing);
  const images = new Uint8Array(kept.length * area);
  kept.forEach((from, to) => {
    images.set(image!.subarray(from * area, (from + 1) * area), to * area);
  });
  const columns = {
    image: { field: source.fields.image!, data: images },
    label: { field: source.fields.label!, data: Int32Array.from(kept, (i) => label![i]!) },
  };
  return { ...rest, source: finiteSource({ id: source.id, about: source.about }, columns) };
}

async function trained({ provider, size }: ProofContext, table: Table, seed: number) {
  const play = new Play(table, provider, seed);
  await play.until(size(2000, 4));
  return play;
}

const share = (right: (c: number, i: number) => boolean, of: readonly number[]) =>
  of.filter(right).length / of.length;

async function ofLevels(context: ProofContext, table: Table, jury: Jury, seed: number) {
  const count = context.size(2000, 40);
  const play = await trained(context, table, seed);
  const raw = await play.samples(count, seed);
  const ofGroups = await play.samplesOf([10, 11, 12, 13], count, seed);
  await play.dispose();
  const [leaves, parents] = [await classesOf(jury, raw), await classesOf(jury, ofGroups)];
  return {
    "FID*": await jury.fidOf(raw),
    "of a class: share of its group": share((c, i) => groups[c] === groups[i % 10], leaves),
    "of a class: share of that class": share((c, i) => c === i % 10, leaves),
    "of a group alone: share of it": share((c, i) => groups[c] === i % 4, parents),
  };
}

async function ofHeldBack(context: ProofContext, table: Table, jury: Jury, seed: number) {
  const play = await trained(context, table, seed);
  const raw = await play.samplesOf([hiddenGroup], context.size(1000, 40), seed);
  await play.dispose();
  const classes = await classesOf(jury, raw);
  return {
    "of the group alone of a leaf never seen: share of it": share(
      (c) => groups[c] === groups[hidden],
      classes,
    ),
    "of the group alone of a leaf never seen: share of that leaf": share(
      (c) => c === hidden,
      classes,
    ),
  };
}

async function ofClassesAlone(context: ProofContext, table: Table, jury: Jury, seed: number) {
  const play = await trained(context, table, seed);
  const fid = await jury.fid(play, seed);
  await play.dispose();
  return fid;
}

/** The likeliest class of each picture. */
async function classesOf(jury: Jury, raw: Float32Array): Promise<number[]> {
  const { count, width, data } = await jury.probabilities(raw);
  return Array.from({ length: count }, (_, i) => {
    const own = data.subarray(i * width, (i + 1) * width);
    return own.indexOf(Math.max(...own));
  });
}

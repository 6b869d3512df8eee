import { loadSource } from "../src/app/config.ts";
import { stream } from "../src/core/random.ts";
import type { Tensor } from "../src/engine/ir/tensor.ts";
import { mean } from "../src/engine/ops/index.ts";
import { adversarial } from "../src/gan/adversarial.ts";
import type { Game } from "../src/gan/game.ts";
import { normal } from "../src/gan/latent.ts";
import { hinge } from "../src/gan/losses/hinge.ts";
import { nonSaturating } from "../src/gan/losses/non-saturating.ts";
import { dcganFeatures, dcganGenerator } from "../src/gan/nets/dcgan.ts";
import { logit, mlpFeatures, mlpGenerator } from "../src/gan/nets/mlp.ts";
import { sliced } from "../src/gan/san.ts";
import { spread } from "../src/metrics/bootstrap.ts";
import { slicedWassersteinOf } from "../src/metrics/scores/sliced-wasserstein.ts";
import { adam } from "../src/nn/adam.ts";
import { average } from "../src/nn/average.ts";
import { type Module, module } from "../src/nn/module.ts";
import type { Optimiser } from "../src/nn/optimiser.ts";
import { cosine, steps } from "../src/nn/schedules.ts";
import { garments, openJury } from "./_images.ts";
import { Play } from "./_play.ts";
import type { Figure, Proof, ProofContext, Threshold } from "./_proof.ts";

const losses = { hinge, "non-saturating": nonSaturating };
type LossId = keyof typeof losses;
const lossIds = Object.keys(losses) as LossId[];

/**
 * Scale to what nets see (items of length 1), size of the noise, moves of D after which samples are
 * judged, and how many D has for one of G.
 */
const clouds = {
  ring8: { scale: 0.5, latent: 4, moments: [4000], moves: 3 },
  gmm50: { scale: 0.15, latent: 10, moments: [1500, 2000, 2500], moves: 1 },
} as const;
type CloudId = keyof typeof clouds;
const cloudIds = Object.keys(clouds) as CloudId[];

/** `san` differs from `gan` in its head and the head's loss: trunk, generator, rates are the same. */
type Kind = "san" | "gan";
const kinds: readonly Kind[] = ["san", "gan"];

interface PointArm {
  readonly data: CloudId;
  readonly loss: LossId;
  readonly kind: Kind;
  readonly seed: number;
}

/** The same bounds for each loss on each cloud. */
const bounds = (loss: LossId, data: CloudId): Record<string, Threshold> => ({
  [`SAN cosine, ${loss}, ${data}`]: { atLeast: 0.99, because: "the row's bound, for each seed" },
  [`GAN cosine, ${loss}, ${data}`]: { atMost: 0.95, because: "the row's bound, for each seed" },
  [`seeds with lower SW2, ${loss}, ${data}`]: { atLeast: 4, because: "the row's bound, of 5" },
});

const pairs = cloudIds.flatMap((data) => lossIds.map((loss) => ({ data, loss })));

export const proof: Proof = {
  id: "san",
  claim: "a sliced discriminator's last layer points to where data and fakes differ most",
  row: {
    family: "objective",
    mechanism:
      "D(x) = ⟨ω, h(x)⟩, ‖ω‖ = 1: h learns from the GAN's loss, ω from E⟨ω, h(x)⟩ − E⟨ω, h(G(z))⟩",
    parts: ["src/gan/san.ts", "src/gan/losses/hinge.ts", "src/gan/losses/non-saturating.ts"],
  },
  seeds: [40, 41, 42, 43, 44],
  thresholds: {
    ...Object.assign({}, ...pairs.map(({ loss, data }) => bounds(loss, data))),
    "FID*, SAN to GAN, mean of seeds": { atMost: 0.95, because: "the row's bound" },
  },
  history:
    "a first record (D moved as often as G, and settled whole; gmm50 at unit scale; garments at rate " +
    "1e-3 for 3,000 ticks) missed: on the ring SAN's samples were nearer in 1 and 2 seeds of 5, its " +
    "cosine was 0.887 to 1, FID* 1.88 of the GAN's. Pilots: with 3 moves of D for one of G it is nearer " +
    "in every seed, and the GAN worsens as training goes on; the cosine was low because the trunk kept " +
    "turning under ω, so it is held now while the head settles; at rate 5e-4 both games of pictures " +
    "last. A second record, of seeds 20 to 24, kept 12 of 13 bounds: non-saturating on gmm50 (scale 0.3, " +
    "3,000 ticks) SAN was nearer in 3 of 5. Those games were stopped too late: both are nearest after " +
    "about 300 moves of G and then lose modes, and which of two that are losing them lies nearer is " +
    "luck. gmm50 was put at scale 0.15 for 1,500 ticks, near that moment: there SAN was nearer in 7 " +
    "pilots of 7 (hinge, seeds 100 to 106; an earlier look had lost one of two) and in 8 of 10 " +
    "(non-saturating, 100 to 109). Scales, moves and ticks of the rest were as they had been. The third " +
    "record, of seeds 30 to 34, kept 11 of 13: on gmm50 SAN was nearer in 3 of 5 with either loss, by a " +
    "tenth more or less, as much as one start differs from the next, near a moment at which hardly a run " +
    "had found a mode. With five moves of D for one of G, at three times the rates or with wider nets, " +
    "seeds 100 to 102 end with 1 to 5 modes of 10. With one move, the nets and rates as they were, SAN " +
    "goes on to 5 to 8 while the GAN has 3 to 6 and in most runs drifts away again, so that SAN was " +
    "nearer by a quarter or more in 7 pilots of 7 (hinge 100 to 103, non-saturating 100, 101, 104) at " +
    "moments 1,500 to 2,500. (With R1 for both, all find ten and neither leads.) So gmm50 has one move " +
    "now and SW2 is the mean of the three moments. All else is as it was; seeds are new",
  async run(context) {
    const figures: Record<string, Figure> = {};
    for (const pair of pairs) Object.assign(figures, await compare(context, pair));
    return { ...figures, ...(await onGarments(context)) };
  },
};

/** One loss on one cloud, sliced and not, for all seeds. */
async function compare(
  context: ProofContext,
  { data, loss }: Pick<PointArm, "data" | "loss">,
): Promise<Record<string, Figure>> {
  const runs: Record<Kind, PointRun[]> = { san: [], gan: [] };
  for (const seed of context.seeds) {
    for (const kind of kinds) runs[kind].push(await onPoints(context, { data, loss, kind, seed }));
  }
  const { san, gan } = runs;
  context.say(`${data}, ${loss} done`);
  return {
    [`SAN cosine, ${loss}, ${data}`]: san.map((r) => r.cosine),
    [`GAN cosine, ${loss}, ${data}`]: gan.map((r) => r.cosine),
    [`SAN cosine in play, ${loss}, ${data}`]: san.map((r) => r.inPlay),
    [`GAN cosine in play, ${loss}, ${data}`]: gan.map((r) => r.inPlay),
    [`SAN SW2, ${loss}, ${data}`]: san.map((r) => r.distance),
    [`GAN SW2, ${loss}, ${data}`]: gan.map((r) => r.distance),
    [`seeds with lower SW2, ${loss}, ${data}`]: san.filter((r, i) => r.distance < gan[i]!.distance)
      .length,
  };
}

interface Nets {
  readonly field: string;
  readonly generator: Module;
  readonly trunk: Module;
  readonly batch: number;
  readonly latent: number;
  readonly optimiser: Optimiser;
  /** Of D for one of G; 1 when absent. */
  readonly moves?: number;
}

function gameOf(kind: Kind, loss: LossId, nets: Nets): Game {
  const { field, generator, trunk, batch, latent, optimiser, moves = 1 } = nets;
  const head =
    kind === "san"
      ? sliced(losses[loss]())
      : { discriminator: module("d", logit()), loss: losses[loss]() };
  return adversarial({
    field,
    batch,
    latent: normal(latent),
    generator,
    trunk,
    ...head,
    optimise: { generator: optimiser, discriminator: optimiser },
    discriminatorMoves: moves,
    average: { of: [generator], decay: average({ halfLife: 100 * batch, batch }) },
  });
}

/** The same game in which only the head moves: generator and trunk are as they are. */
function headAlone(game: Game): Game {
  const d = game.players[0]!;
  return { ...game, players: [{ ...d, owns: d.owns.slice(1) }] };
}

interface PointRun {
  /** Of ω with the best direction: when the game stops, and after the head alone has settled. */
  readonly inPlay: number;
  readonly cosine: number;
  /** SW2 of the game's samples, in the data's units: the mean of the moments. */
  readonly distance: number;
}

async function onPoints({ provider, size }: ProofContext, arm: PointArm): Promise<PointRun> {
  const { data, loss, kind, seed } = arm;
  const { scale, latent, moments, moves } = clouds[data];
  const source = await (await loadSource(data)).open({ scale });
  const item = source.fields.point!.shape;
  const hidden = [size(64, 8), size(64, 8)];
  const generator = module("g", mlpGenerator({ item, hidden }));
  const nets = { field: "point", generator, trunk: module("h", mlpFeatures({ hidden })), latent };
  const optimiser = adam({ rate: 1e-3, beta1: 0, beta2: 0.9 });
  const game = gameOf(kind, loss, { ...nets, batch: 128, optimiser, moves });
  const play = new Play({ game, source, chunk: 50 }, provider, seed);
  const distances: number[] = [];
  for (const ticks of moments) {
    await play.until(size(ticks, ticks / 100));
    distances.push(await distanceOf(play, item[0]!, { seed, count: size(5000, 100) }));
  }
  const looked = { ...nets, seed, count: size(131_072, 64) };
  const inPlay = await cosineOf(play, looked);
  const settling = size(2000, 20);
  const slow = adam({ rate: cosine(3e-3, 0, steps(settling)), beta1: 0.9, beta2: 0.99 });
  const rest = gameOf(kind, loss, { ...nets, batch: size(1024, 32), optimiser: slow });
  const after = new Play({ game: headAlone(rest), source, chunk: 50 }, provider, seed);
  after.trainer.restore({ ...(await play.trainer.snapshot()), step: 0 });
  await after.until(settling);
  const settled = await cosineOf(after, looked);
  await Promise.all([play.dispose(), after.dispose()]);
  return { inPlay, cosine: settled, distance: spread(distances).mean };
}

/** SW2 of as many samples as unseen data, in the data's units. */
async function distanceOf(
  play: Play,
  width: number,
  { seed, count }: { readonly seed: number; readonly count: number },
): Promise<number> {
  const [held, made] = [play.data(count, seed), await play.samples(count, seed)];
  const rows = (data: Float32Array) => ({ count, width, data });
  return slicedWassersteinOf(rows(held), rows(made), { seed: 0 }).value;
}

interface Looked {
  readonly generator: Module;
  readonly trunk: Module;
  readonly latent: number;
  readonly seed: number;
  readonly count: number;
}

/** Of the head's weights with E h(x) − E h(G(z)): the direction along which the means part most. */
async function cosineOf(play: Play, looked: Looked): Promise<number> {
  const { generator, trunk, latent, seed, count } = looked;
  const points = play.seen(play.data(count, seed));
  const codes = stream(seed, "proof/z").normal(new Float32Array(count * latent));
  const feeds = {
    x: { shape: [count, points.length / count], data: points },
    z: { shape: [count, latent], data: codes },
  };
  const { real, fake } = await play.look(feeds, ({ x, z }, trace) => {
    const middle = (items: Tensor) =>
      mean(trunk.net(items, trace.scope(trunk.name)), { axes: [0] });
    return {
      real: middle(x!),
      fake: middle(generator.net(z!, trace.scope(generator.name))),
    };
  });
  const names = play.trainer.variables.of("d").map((v) => v.name);
  const weight = names.find((name) => name.endsWith("weight"))!;
  const omega = (await play.trainer.value(weight).data()) as Float32Array;
  const gap = real!.map((v, i) => v - fake![i]!);
  return dot(omega, gap) / Math.sqrt(dot(omega, omega) * dot(gap, gap));
}

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/** F16: hinge, three seeds, the same DCGAN nets under either head. */
async function onGarments(context: ProofContext): Promise<Record<string, Figure>> {
  const { provider, seeds, size, say } = context;
  const pictures = garments(16, { smoke: size(0, 1) === 1 });
  const jury = await openJury(provider, { pictures, count: size(5000, 100) });
  const source = await (await loadSource(pictures.data)).open(pictures.dataOptions);
  const image = source.fields.image!.shape;
  const scores: Record<Kind, number[]> = { san: [], gan: [] };
  for (const seed of seeds.slice(0, 3)) {
    for (const kind of kinds) {
      const width = size(16, 4);
      const game = gameOf(kind, "hinge", {
        field: "image",
        generator: module("g", dcganGenerator({ image, width })),
        trunk: module("h", dcganFeatures({ image, width, norm: "none" })),
        batch: size(32, 4),
        latent: 12,
        optimiser: adam({ rate: 5e-4, beta1: 0, beta2: 0.9 }),
      });
      const play = new Play({ game, source, chunk: 10 }, provider, seed);
      await play.until(size(8000, 4));
      scores[kind].push(await jury.fid(play, seed));
      await play.dispose();
      say(`garments, ${kind}, seed ${seed}: FID* ${scores[kind].at(-1)}`);
    }
  }
  await jury.dispose();
  const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
  return {
    "SAN FID*": scores.san,
    "GAN FID*": scores.gan,
    "FID*, SAN to GAN, mean of seeds": total(scores.san) / total(scores.gan),
  };
}

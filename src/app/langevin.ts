import { GanymedeError } from "../core/errors.ts";
import { stream } from "../core/random.ts";
import { grad } from "../engine/autodiff/grad.ts";
import { input, inputName } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { add, clip, mul, sub, sum } from "../engine/ops/index.ts";
import { type Program, program } from "../engine/program.ts";
import type { Session, Value } from "../engine/run/provider.ts";
import type { Turn } from "../gan/game.ts";
import { type CodePart, partRows } from "../train/codes.ts";
import { traceOfAverage } from "../train/sampler.ts";
import type { OpenRun } from "./sample.ts";

export interface Langevin {
  /** 50 when absent. */
  readonly steps?: number;
  /** ε, half of which times the slope is one step; 0.01 when absent. */
  readonly rate?: number;
  /** Deviation of the noise before √ε; 1, a true sampler, when absent. Less is nearer to ascent. */
  readonly noise?: number;
  readonly seed?: number;
  readonly onProgress?: (done: number, steps: number) => void;
}

const noiseOf = (name: string): string => `langevin.${name}`;

/** One step of all parts of `batch` codes: z − ε/2·∇E + √ε·σ·n, n fed. */
function traceStep(run: OpenRun, batch: number, { rate = 0.01, noise = 1 }: Langevin): Program {
  const { game, variables, sampler, path } = run;
  const { judge } = game;
  if (!judge) throw noJudge(path);
  const trace = traceOfAverage(game, variables);
  trace.useKey(input("key", [], "i32"));
  const call: Turn["call"] = (module, value) => module.net(value, trace.scope(module.name));
  const { parts } = sampler.layout;
  const codes: Record<string, Tensor> = {};
  for (const { name, shape } of parts) codes[name] = input(name, [batch, ...shape]);
  const score = sum(judge(game.sampler.make(codes, call), call));
  const slopes = grad(score, Object.values(codes));
  const next = parts.map((part, i) => {
    const z = codes[part.name]!;
    const uphill = part.distribution === "normal" ? sub(slopes[i]!, z) : slopes[i]!;
    const moved = add(z, mul(uphill, rate / 2));
    const shaken = add(moved, mul(input(noiseOf(part.name), z.shape), Math.sqrt(rate) * noise));
    return [part.name, bounded(shaken, part)] as const;
  });
  return program(Object.fromEntries(next.map(([name, z]) => [`next.${name}`, z])));
}

/** Uniform codes stay where codes are. */
const bounded = (z: Tensor, { distribution }: CodePart): Tensor =>
  distribution === "normal" ? z : clip(z, { min: -1, max: 1 });

/**
 * Codes moved by Langevin steps through the density ∝ p(z)·exp(D(G(z))): where the discriminator still
 * tells fakes from data, its score says which codes to draw more often. DDLS: Che, Zhang,
 * Sohl-Dickstein, Larochelle, Paull, Cao, Bengio 2020, arXiv:2003.06060, algorithm 1. For a
 * discriminator whose score is a logit; a critic's is taken as one.
 *
 * @param codes [count, latent]
 * @throws GanymedeError UNJUDGED when the run's discriminator says nothing of an item alone
 */
export async function langevin(
  run: OpenRun,
  codes: Float32Array,
  asked: Langevin = {},
): Promise<Float32Array> {
  const { steps = 50, onProgress } = asked;
  const { provider, sampler } = run;
  const { batch, layout } = sampler;
  const count = codes.length / layout.size;
  const step = traceStep(run, batch, asked);
  const session = await provider.create(toOnnx(step, { target: provider.target }));
  const moved = new Float32Array(codes.length);
  const blocks = Math.ceil(count / batch);
  for (let block = 0; block < blocks; block++) {
    const at = block * batch * layout.size;
    const some = codes.subarray(at, at + batch * layout.size);
    const rows = await walk(run, { session, step, block }, some, asked, (done) =>
      onProgress?.(block * steps + done, blocks * steps),
    );
    moved.set(joined(layout, rows, some.length / layout.size), at);
  }
  await session.dispose();
  return moved;
}

/** What a walk of one batch of codes runs. */
interface Walker {
  readonly session: Session;
  readonly step: Program;
  /** The batch's number: its noise is its own. */
  readonly block: number;
}

/** All steps of one batch, by part. */
async function walk(
  run: OpenRun,
  { session, step, block }: Walker,
  codes: Float32Array,
  { steps = 50, seed = 0 }: Langevin,
  onStep: (done: number) => void,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { provider, sampler } = run;
  const { batch, layout } = sampler;
  const names = step.inputs.map((t) => inputName(t)!);
  const feeds: Record<string, Value> = { key: provider.value("i32", [], Int32Array.of(seed)) };
  for (const name of names) if (run.variables.get(name)) feeds[name] = run.value(name);
  const rows = new Map(layout.parts.map((p) => [p.name, partRows(codes, layout, p, batch)]));
  for (let i = 0; i < steps; i++) {
    for (const { name, shape, size } of layout.parts) {
      const random = stream(seed, noiseOf(name), block * steps + i);
      const n = random.normal(new Float32Array(batch * size));
      feeds[name] = provider.value("f32", [batch, ...shape], rows.get(name)!);
      feeds[noiseOf(name)] = provider.value("f32", [batch, ...shape], n);
    }
    const results = await session.run(pick(feeds, names));
    for (const { name } of layout.parts) {
      rows.set(name, (await results[`next.${name}`]!.data()) as Float32Array);
    }
    onStep(i + 1);
  }
  return rows;
}

const pick = (all: Readonly<Record<string, Value>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, all[name]!]));

/** Codes of their parts, the inverse of `partRows`. */
function joined(
  { size, parts }: OpenRun["sampler"]["layout"],
  rows: ReadonlyMap<string, Float32Array>,
  count: number,
): Float32Array {
  const codes = new Float32Array(count * size);
  for (const part of parts) {
    const own = rows.get(part.name)!;
    for (let i = 0; i < count; i++) {
      codes.set(own.subarray(i * part.size, (i + 1) * part.size), i * size + part.from);
    }
  }
  return codes;
}

const noJudge = (where: string) =>
  new GanymedeError("UNJUDGED", {
    where,
    expected: "a discriminator that scores an item by itself",
    got: "one that is told of classes, or none",
    fix: "choose a run without classes, or sample without --langevin",
  });

/**
 * Where the time of a training step goes: `npm run bench:profile`.
 *
 *   npm run bench:profile -- [--steps dcgan32,wgan-gp] [--ticks 12] [--threads 2]
 *
 * Every node's fastest and median time over the ticks, by our operator and the runtime's kernel, and
 * the GFLOP/s of the convolutions, layout changes included, beside a 1024³ product of matrices that
 * takes turns with the ticks. Recording itself costs a step some 10 %. Writes
 * bench/results/profile.json.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { input } from "../src/engine/ir/leaves.ts";
import { toOnnx } from "../src/engine/onnx/model.ts";
import { matmul } from "../src/engine/ops/index.ts";
import { program } from "../src/engine/program.ts";
import { nodeCpu } from "../src/engine/run/node-cpu.ts";
import { Variables } from "../src/nn/variables.ts";
import { activityAt } from "../src/train/plan.ts";
import { traceTicks } from "../src/train/step.ts";
import { Trainer } from "../src/train/trainer.ts";
import { flopsOf, operators } from "./_flops.ts";
import { type NodeTime, nodeTimes } from "./_node-times.ts";
import { circumstances, readResults, writeResults } from "./_results.ts";
import { steps } from "./_steps.ts";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: Object.keys(steps).join() },
    ticks: { type: "string", default: "12" },
    threads: { type: "string", default: "2" },
  },
});
const [ticks, threads] = [Number(flags.ticks), Number(flags.threads)];
const side = 1024;

/** Runs ticks and products in turns; the nodes of each, as recorded. */
async function record(step: string): Promise<{ nodes: NodeTime[]; sgemm: NodeTime }> {
  const folder = mkdtempSync(join(tmpdir(), "ganymede-profile-"));
  const recorded = (name: string) => nodeCpu({ threads, profile: join(folder, name) });
  const provider = await recorded("product");
  const [a, b] = [input("a", [side, side]), input("b", [side, side])];
  const product = await provider.create(
    toOnnx(program({ c: matmul(a, b) }), { target: provider.target }),
  );
  const wave = Float32Array.from({ length: side * side }, (_, i) => Math.sin(i));
  const matrix = provider.value("f32", [side, side], wave);
  const { source, standard, game } = steps[step]!;
  const options = { game: game(standard), source, provider: await recorded("step"), seed: 0 };
  const trainer = new Trainer({ ...options, chunk: 1 });
  for (let i = 0; i < ticks; i++) {
    await trainer.advance(trainer.step + 1);
    await product.run({ a: matrix, b: matrix });
  }
  // The runtime writes a session's record when it ends.
  await product.dispose();
  await trainer.dispose();
  const sgemm = nodeTimes(folder, "product").find((n) => n.operator === matmul.record.name)!;
  const nodes = nodeTimes(folder, "step");
  rmSync(folder, { recursive: true });
  return { nodes, sgemm };
}

/** A step's times by kernel, as bench/results/profile.json has them. */
export interface ProfiledStep {
  readonly all: Times;
  readonly sgemm: { readonly fastest: number; readonly median: number };
  /** By kind of work; `step` is all of it. */
  readonly gflops: Readonly<Record<string, Rate>> & { readonly step: Rate };
  readonly nodes: readonly (Times & { readonly operator: string; readonly kind: string })[];
}

export interface ProfileRecord {
  readonly steps: Readonly<Record<string, ProfiledStep>>;
}

interface Times {
  readonly count: number;
  readonly fastestMs: number;
  readonly medianMs: number;
}

interface Rate {
  readonly gflop: number;
  readonly fastest: number;
  readonly median: number;
}

const sum = (nodes: readonly NodeTime[]) => ({
  count: nodes.length,
  fastestMs: nodes.reduce((total, n) => total + n.fastestMs, 0),
  medianMs: nodes.reduce((total, n) => total + n.medianMs, 0),
});

function groups(nodes: readonly NodeTime[]) {
  const names = [...new Set(nodes.map((n) => `${n.operator} ${n.kind}`))];
  return names
    .map((name) => {
      const [operator, kind] = name.split(" ") as [string, string];
      return {
        operator,
        kind,
        ...sum(nodes.filter((n) => n.operator === operator && n.kind === kind)),
      };
    })
    .sort((a, b) => b.medianMs - a.medianMs);
}

/** GFLOP and GFLOP/s by kind; the time of a kind is that of all nodes that lower its operator. */
function rates(step: string, nodes: readonly NodeTime[]) {
  const { source, standard, game: build } = steps[step]!;
  const game = build(standard);
  const trace = traceTicks(game, new Variables(), source.fields, [activityAt(game, 0)]);
  const { total, ...flops } = flopsOf(trace.program);
  const rate = (count: number, { fastestMs, medianMs }: ReturnType<typeof sum>) => ({
    gflop: count / 1e9,
    fastest: count / fastestMs / 1e6,
    median: count / medianMs / 1e6,
  });
  const each = Object.entries(flops).filter(([, count]) => count > 0);
  return {
    ...Object.fromEntries(
      each.map(([kind, count]) => {
        const name = operators[kind as keyof typeof operators];
        return [kind, rate(count, sum(nodes.filter((n) => n.operator === name)))];
      }),
    ),
    step: rate(total, sum(nodes)),
  };
}

async function profile(step: string) {
  const { nodes, sgemm } = await record(step);
  const flops = 2 * side ** 3;
  const machine = { fastest: flops / sgemm.fastestMs / 1e6, median: flops / sgemm.medianMs / 1e6 };
  return { all: sum(nodes), sgemm: machine, gflops: rates(step, nodes), nodes: groups(nodes) };
}

function show(step: string, { all, sgemm, gflops, nodes }: Awaited<ReturnType<typeof profile>>) {
  const ms = (v: number) => v.toFixed(2).padStart(9);
  const whole = (v: number) => v.toFixed(0).padStart(9);
  console.log(`\n${step}: ${all.count} nodes, ${ticks} ticks, ${threads} threads`);
  console.log(`${"operator".padEnd(16)} ${"kernel".padEnd(16)} nodes  fastest    median   [ms]`);
  for (const n of nodes.filter((g) => g.medianMs >= 0.1)) {
    const name = `${n.operator.padEnd(16)} ${n.kind.padEnd(16)}`;
    console.log(`${name} ${String(n.count).padStart(5)}${ms(n.fastestMs)} ${ms(n.medianMs)}`);
  }
  console.log(`${"all".padEnd(39)}${ms(all.fastestMs)} ${ms(all.medianMs)}`);
  console.log(`\n${"".padEnd(16)}    GFLOP   fastest    median   [GFLOP/s]`);
  for (const [kind, r] of Object.entries(gflops)) {
    console.log(`${kind.padEnd(16)}${ms(r.gflop)} ${whole(r.fastest)} ${whole(r.median)}`);
  }
  const product = `a product ${side}³`.padEnd(16);
  console.log(
    `${product}${ms((2 * side ** 3) / 1e9)} ${whole(sgemm.fastest)} ${whole(sgemm.median)}`,
  );
}

const known = readResults<{ steps: Record<string, object> }>("profile")?.steps ?? {};
const short = (v: unknown): unknown => {
  if (typeof v === "number") return Number(v.toPrecision(4));
  if (Array.isArray(v)) return v.map(short);
  if (typeof v !== "object" || v === null) return v;
  return Object.fromEntries(Object.entries(v).map(([key, value]) => [key, short(value)]));
};
for (const step of flags.steps.split(",")) {
  const result = await profile(step);
  show(step, result);
  known[step] = { ...circumstances(), threads, ticks, ...(short(result) as object) };
}
writeResults("profile", { steps: known });
process.exit(0);

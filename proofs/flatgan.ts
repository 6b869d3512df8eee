import { stream } from "../src/core/random.ts";
import { jvp } from "../src/engine/autodiff/jvp.ts";
import { constant } from "../src/engine/ir/leaves.ts";
import { spearman } from "../src/metrics/rank.ts";
import { slants } from "../src/metrics/slant.ts";
import type { Module } from "../src/nn/module.ts";
import { lay, Play, type Table } from "./_play.ts";
import type { Proof, ProofContext } from "./_proof.ts";

/** Normal coordinates of the code beside z₁: enough that z₁ is one of many for a plain critic. */
const latent = 8;

export const proof: Proof = {
  id: "flatgan",
  claim: "with tangents on the data, the first coordinate of the code moves items along them",
  row: {
    family: "objective",
    mechanism:
      "D is a k-form ω with bounds on ‖ω‖ and ‖dω‖: E⟨ω(x), τ⟩ − E⟨ω(G(z)), ∂₁G⟩, by forward-mode",
    parts: [
      "src/gan/flat/form.ts",
      "src/gan/flat/game.ts",
      "src/gan/terms/comass.ts",
      "src/gan/terms/exterior-derivative.ts",
      "src/engine/autodiff/jvp.ts",
      "src/metrics/slant.ts",
    ],
  },
  seeds: [0, 1, 2],
  thresholds: {
    "circle: mean cos(∂G/∂z₁, tangent)": {
      atLeast: 0.9,
      because: "the row's bound; 0.96 on a seed of its own before",
    },
    "circle, k = 0: |mean cos|": {
      atMost: 0.4,
      because: "the row's bound; the mean has a sign: a plain critic moves points either way round",
    },
    "digits: Spearman of z₁ and slant": {
      atLeast: 0.9,
      because: "the row's bound, over all codes at once; 0.94 to 0.96 on a seed of its own before",
    },
    "digits, k = 0: |Spearman|": {
      atMost: 0.3,
      because: "the row's bound: without tangents z₁ is any coordinate",
    },
  },
  async run(context) {
    const figures: Record<string, number[]> = {};
    for (const seed of context.seeds) {
      const [flow, plainFlow] = [
        await onCircle(context, seed, 1),
        await onCircle(context, seed, 0),
      ];
      const [lean, plainLean] = [
        await onDigits(context, seed, 1),
        await onDigits(context, seed, 0),
      ];
      const parts = {
        "circle: mean cos(∂G/∂z₁, tangent)": flow.cosine,
        "circle, k = 0: |mean cos|": Math.abs(plainFlow.cosine),
        "circle: mean | radius − 1 |": flow.off,
        "circle, k = 0: mean | radius − 1 |": plainFlow.off,
        "circle: mean ‖∂G/∂z₁‖, 1 is right": flow.speed,
        "digits: Spearman of z₁ and slant": lean.pooled,
        "digits, k = 0: |Spearman|": Math.abs(plainLean.pooled),
        "digits: mean Spearman along z₁ alone": lean.alone,
        "digits, k = 0: |mean Spearman along z₁ alone|": Math.abs(plainLean.alone),
      };
      for (const [name, value] of Object.entries(parts)) {
        figures[name] ??= [];
        figures[name].push(value);
      }
      context.say(`seed ${seed} done`);
    }
    return figures;
  },
};

/** What G makes of codes [n, 1 + latent], and how that moves with z₁. */
async function generate(play: Play, { game }: Table, codes: Float32Array) {
  const g = game.players[1]!.owns[0] as unknown as Module;
  const shape = [codes.length / (1 + latent), 1 + latent];
  const first = Array.from({ length: codes.length }, (_, i) => +(i % (1 + latent) === 0));
  const looked = await play.look({ z: { shape, data: codes } }, ({ z }, trace) => {
    const items = g.net(z!, trace.scope(g.name));
    return { items, pushed: jvp(items, z!, constant(first, shape)) };
  });
  return { items: looked.items!, pushed: looked.pushed! };
}

/** Trains on the circle; the cosine is with the anticlockwise tangent at where G is. */
async function onCircle({ provider, size }: ProofContext, seed: number, order: 0 | 1) {
  const laid = await lay({
    system: "flatgan",
    data: "circle",
    options: { order, latent, width: size(64, 8) },
  });
  const play = new Play(laid, provider, seed);
  await play.until(size(2000, 20));
  const count = size(2000, 50);
  const codes = codesOf(seed, count, (u) => Math.PI * (2 * u - 1));
  const { items, pushed } = await generate(play, laid, codes);
  await play.dispose();
  let [cosine, off, speed] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y, u, v] = [items[2 * i]!, items[2 * i + 1]!, pushed[2 * i]!, pushed[2 * i + 1]!];
    const [radius, moved] = [Math.hypot(x, y), Math.hypot(u, v)];
    cosine += (x * v - y * u) / (radius * moved) / count;
    off += Math.abs(radius - 1) / count;
    speed += moved / count;
  }
  return { cosine, off, speed };
}

/**
 * Trains on digits sheared by up to 0.6 either way. Pooled: over codes drawn as in training, z₁ against
 * the slant of what is made. Alone: z₁ goes through nine values, the rest of the code staying.
 */
async function onDigits({ provider, size }: ProofContext, seed: number, order: 0 | 1) {
  const side = 16;
  const laid = await lay({
    system: "flatgan",
    data: "mnist-leaning",
    dataOptions: { side, split: size(0, 1) === 0 ? "train" : "test" },
    options: {
      order,
      latent,
      width: size(128, 8),
      batch: 32,
      range: 1,
      bound: 10,
      formWeight: 0.1,
    },
  });
  const play = new Play(laid, provider, seed);
  await play.until(size(5000, 10));
  const lean = async (codes: Float32Array) => {
    const { items } = await generate(play, laid, codes);
    const ink = items.map((v) => Math.max(v + 1, 0));
    const z1 = codes.filter((_, i) => i % (1 + latent) === 0);
    const slant = slants({ count: z1.length, width: side ** 2, data: ink }, [side, side]);
    return { z1, slant };
  };
  const drawn = await lean(codesOf(seed, size(2000, 20), (u) => 2 * u - 1));
  const rows = size(100, 2);
  const swept = await lean(
    sweep(
      codesOf(seed, rows, (u) => u),
      9,
    ),
  );
  await play.dispose();
  let alone = 0;
  for (let row = 0; row < rows; row++) {
    const of = <T extends Float32Array | Float64Array>(all: T) =>
      all.subarray(9 * row, 9 * row + 9);
    alone += spearman(of(swept.z1), of(swept.slant)) / rows;
  }
  return { pooled: spearman(drawn.z1, drawn.slant), alone };
}

/** Codes [count, 1 + latent]: z₁ = first(u), u uniform on (0, 1), and the rest standard normal. */
function codesOf(seed: number, count: number, first: (u: number) => number): Float32Array {
  const uniforms = stream(seed, "proof/z1").uniform(new Float64Array(count));
  const codes = stream(seed, "proof/z").normal(new Float32Array(count * (1 + latent)));
  uniforms.forEach((u, i) => {
    codes[i * (1 + latent)] = first(u);
  });
  return codes;
}

/** Each code `steps` times, its z₁ going from −1 to 1. */
function sweep(codes: Float32Array, steps: number): Float32Array {
  const width = 1 + latent;
  return Float32Array.from({ length: codes.length * steps }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const at = row % steps;
    return column === 0
      ? (2 * at) / (steps - 1) - 1
      : codes[Math.floor(row / steps) * width + column]!;
  });
}

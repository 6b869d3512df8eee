import type { RandomStream } from "../core/random.ts";
import { type Shape, sizeOf } from "../engine/ir/type.ts";
import type { Initialiser } from "./variables.ts";

/** How many values feed one output (`in`) and how many outputs one input feeds (`out`). */
export interface Fans {
  readonly in: number;
  readonly out: number;
}

/** Fans of a weight [out, in/groups, …kernel], as PyTorch counts them; [d] counts as [d, d]. */
export function fansOf(shape: Shape): Fans {
  const [first = 1, second = first, ...kernel] = shape;
  return { in: second * sizeOf(kernel), out: first * sizeOf(kernel) };
}

/** Every element `value`. */
export const constant =
  (value: number): Initialiser =>
  (_, shape) =>
    new Float32Array(sizeOf(shape)).fill(value);

export const zeros: Initialiser = constant(0);
export const ones: Initialiser = constant(1);

/** N(mean, std²). */
export const normal =
  (std: number, mean = 0): Initialiser =>
  (random, shape) =>
    random.normal(new Float32Array(sizeOf(shape))).map((v) => mean + std * v);

/** U(−bound, bound). */
export const uniform =
  (bound: number): Initialiser =>
  (random, shape) =>
    random.uniform(new Float32Array(sizeOf(shape))).map((v) => bound * (2 * v - 1));

/** N(0, std²) without what lies beyond ±cut·std; std is that of the whole normal (at cut 2, 0.88 of it stays). */
export const truncatedNormal =
  (std: number, cut = 2): Initialiser =>
  (random, shape) => {
    const out = new Float32Array(sizeOf(shape));
    for (let filled = 0; filled < out.length; ) {
      for (const v of random.normal(new Float32Array(out.length - filled))) {
        if (Math.abs(v) <= cut) out[filled++] = std * v;
      }
    }
    return out;
  };

/** An initialiser whose spread depends on the fans. */
const fitted =
  (draw: (scale: number) => Initialiser, scale: (fans: Fans) => number): Initialiser =>
  (random, shape) =>
    draw(scale(fansOf(shape)))(random, shape);

/** N(0, 2·gain²/(in + out)). Glorot, Bengio 2010, eq. 16. */
export const xavierNormal = (gain = 1): Initialiser =>
  fitted(normal, (fans) => gain * Math.sqrt(2 / (fans.in + fans.out)));

/** U(±gain·√(6/(in + out))), the same variance. */
export const xavierUniform = (gain = 1): Initialiser =>
  fitted(uniform, (fans) => gain * Math.sqrt(6 / (fans.in + fans.out)));

export interface He {
  /** Negative slope of the leaky relu that follows; 0 for relu, 1 for none. */
  readonly slope?: number;
  /** Keep the variance of activations (`in`) or of gradients (`out`). */
  readonly fan?: keyof Fans;
}

const heStd =
  ({ slope = 0, fan = "in" }: He) =>
  (fans: Fans): number =>
    Math.sqrt(2 / ((1 + slope ** 2) * fans[fan]));

/** N(0, 2/((1 + slope²)·fan)). He, Zhang, Ren, Sun 2015, arXiv:1502.01852, eq. 15. */
export const heNormal = (he: He = {}): Initialiser => fitted(normal, heStd(he));

/** U(±√(6/((1 + slope²)·fan))), the same variance. */
export const heUniform = (he: He = {}): Initialiser =>
  fitted(uniform, (fans) => Math.sqrt(3) * heStd(he)(fans));

/** PyTorch's weight of linear and convolution layers: he uniform with slope √5, that is U(±1/√in). */
export const torchDefault: Initialiser = heUniform({ slope: Math.sqrt(5) });

/**
 * Orthonormal rows (or columns, where there are more rows) of [out, rest], times `gain`.
 * Saxe, McClelland, Ganguli 2014, arXiv:1312.6120. Gram–Schmidt in float64: out²·rest operations.
 */
export const orthogonal =
  (gain = 1): Initialiser =>
  (random, shape) => {
    const rows = shape[0] ?? 1;
    const cols = sizeOf(shape) / rows;
    const wide = rows <= cols;
    const basis = orthonormal(random, Math.min(rows, cols), Math.max(rows, cols));
    const out = new Float32Array(rows * cols);
    return out.map((_, i) => {
      const [r, c] = [Math.floor(i / cols), i % cols];
      return gain * (wide ? basis[r]![c]! : basis[c]![r]!);
    });
  };

/** `count` ≤ `length` orthonormal vectors of random directions. */
function orthonormal(random: RandomStream, count: number, length: number): Float64Array[] {
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const v = random.normal(new Float64Array(length));
    for (const b of basis) addScaled(v, b, -dot(v, b));
    const norm = Math.sqrt(dot(v, v));
    basis.push(v.map((x) => x / norm));
  }
  return basis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

function addScaled(v: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < v.length; i++) v[i]! += factor * b[i]!;
}

/** `init` of a weight whose first two axes are swapped, [in, out, …]: it sees [out, in, …]. */
export const transposed =
  (init: Initialiser): Initialiser =>
  (random, shape) => {
    const [first = 1, second = 1, ...kernel] = shape;
    const block = sizeOf(kernel);
    const source = init(random, [second, first, ...kernel]);
    const out = new Float32Array(source.length);
    for (let i = 0; i < first; i++) {
      for (let j = 0; j < second; j++) {
        const from = (j * first + i) * block;
        out.set(source.subarray(from, from + block), (i * second + j) * block);
      }
    }
    return out;
  };

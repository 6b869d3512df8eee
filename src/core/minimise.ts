/** A function's value at a point and its slope there. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

/** The best point that was looked at. */
export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
}

/**
 * A minimiser that asks: it yields where it wants to look, is told what is there, and returns the best
 * it saw. So many of them can share one call of a function that takes many points at once.
 */
export type Search = Generator<Float64Array, Minimum, Slope>;

export interface SearchOptions {
  /** Moves to make, at most. */
  readonly steps: number;
  /** Points stay in [−bound, bound] on each axis; anywhere when absent. */
  readonly bound?: number;
}

/** Kingma, Ba 2014, arXiv:1412.6980, β 0.9 and 0.999; each step is projected into the bounds. */
export function* adam(
  start: Float64Array,
  { steps, bound = Infinity, rate }: SearchOptions & { readonly rate: number },
): Search {
  const [means, squares] = [new Float64Array(start.length), new Float64Array(start.length)];
  const point = start.slice();
  let best: Minimum = { point: start, value: Infinity };
  let [left1, left2] = [1, 1];
  for (let step = 0; ; step++) {
    const { value, gradient } = yield point;
    if (value < best.value) best = { point: point.slice(), value };
    if (step === steps) return best;
    left1 *= 0.9;
    left2 *= 0.999;
    for (let i = 0; i < point.length; i++) {
      means[i] = 0.9 * means[i]! + 0.1 * gradient[i]!;
      squares[i] = 0.999 * squares[i]! + 0.001 * gradient[i]! ** 2;
      const root = Math.sqrt(squares[i]! / (1 - left2)) + 1e-8;
      point[i] = within(point[i]! - (rate * means[i]!) / (1 - left1) / root, bound);
    }
  }
}

/** Pairs of steps and changes of slope that the curvature is guessed from. */
const memory = 10;
/** Share of the slope's promise that a step must keep (Armijo), and of the slope that may remain. */
const [kept, remaining] = [1e-4, 0.9];
/** Looks along one direction before it is given up. */
const looks = 25;

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** 1/(step · change). */
  readonly rho: number;
}

/**
 * Limited-memory BFGS: Nocedal, Wright 2006, Numerical Optimization, algorithms 7.4 and 7.5; the line
 * search brackets and bisects for the weak Wolfe conditions, which suits functions with kinks: Lewis,
 * Overton 2013, doi:10.1007/s10107-012-0514-2. Axes at a bound that the slope pushes against are held
 * there. Ends before `steps` where no direction leads down any more.
 */
export function* lbfgs(start: Float64Array, { steps, bound = Infinity }: SearchOptions): Search {
  let point: Float64Array = start.map((v) => within(v, bound));
  let here: Slope = yield point;
  let pairs: Pair[] = [];
  for (let step = 0; step < steps; step++) {
    const direction = downhill(point, here.gradient, pairs, bound);
    const slope = dot(direction, here.gradient);
    // Not even steepest descent goes down: the slope is nought, or no number.
    if (!(slope < 0)) break;
    const first = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    const found = yield* alongLine({ point, here, direction, slope, bound }, first);
    if (!found) {
      if (pairs.length === 0) break;
      pairs = [];
      continue;
    }
    const pair = pairOf(point, found.point, here.gradient, found.slope.gradient);
    if (pair) pairs = [...pairs.slice(1 - memory), pair];
    const gain = here.value - found.slope.value;
    point = found.point;
    here = found.slope;
    if (gain <= 1e-10 * Math.abs(here.value)) break;
  }
  return { point, value: here.value };
}

/** −H·gradient by the two-loop recursion, along the axes that are free to move. */
function downhill(
  point: Float64Array,
  gradient: Float64Array,
  pairs: readonly Pair[],
  bound: number,
): Float64Array {
  const free = gradient.map((g, i) => +!(Math.abs(point[i]!) >= bound && g * point[i]! < 0));
  const q = gradient.map((g, i) => g * free[i]!);
  const steepest = q.map((v) => -v);
  const shares = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, rho } = pairs[k]!;
    shares[k] = rho * dot(step, q);
    addTo(q, change, -shares[k]!);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.change, last.change));
    for (let i = 0; i < q.length; i++) q[i] = q[i]! * scale;
  }
  pairs.forEach(({ step, change, rho }, k) => {
    addTo(q, step, shares[k]! - rho * dot(change, q));
  });
  const direction = q.map((v, i) => -v * free[i]!);
  return dot(direction, gradient) < 0 ? direction : steepest;
}

interface Line {
  readonly point: Float64Array;
  readonly here: Slope;
  readonly direction: Float64Array;
  /** Of the function along the direction, below 0. */
  readonly slope: number;
  readonly bound: number;
}

/** A point along a line that is low enough and flat enough, or at least lower; undefined if none is. */
function* alongLine(
  { point, here, direction, slope, bound }: Line,
  first: number,
): Generator<Float64Array, { point: Float64Array; slope: Slope } | undefined, Slope> {
  let [low, high, length] = [0, Infinity, first];
  let lower: { point: Float64Array; slope: Slope } | undefined;
  for (let look = 0; look < looks; look++) {
    const next = point.map((v, i) => within(v + length * direction[i]!, bound));
    const there = yield next;
    // A value that is no number counts as too high.
    if (!(there.value <= here.value + kept * length * slope)) high = length;
    else {
      lower = { point: next, slope: there };
      if (dot(there.gradient, direction) >= remaining * slope || bound !== Infinity) return lower;
      low = length;
    }
    length = high < Infinity ? (low + high) / 2 : 2 * low;
  }
  return lower;
}

/** A step and what it did to the slope, where it tells of upward curvature. */
function pairOf(
  from: Float64Array,
  to: Float64Array,
  before: Float64Array,
  after: Float64Array,
): Pair | undefined {
  const step = to.map((v, i) => v - from[i]!);
  const change = after.map((v, i) => v - before[i]!);
  const curvature = dot(step, change);
  if (!(curvature > 1e-12 * dot(change, change))) return undefined;
  return { step, change, rho: 1 / curvature };
}

const within = (v: number, bound: number): number => Math.min(Math.max(v, -bound), bound);

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** a += share·b. */
function addTo(a: Float64Array, b: Float64Array, share: number): void {
  for (let i = 0; i < a.length; i++) a[i] = a[i]! + share * b[i]!;
}

/** Runs one search on a function. */
export function minimise(search: Search, at: (point: Float64Array) => Slope): Minimum {
  let next = search.next();
  while (!next.done) next = search.next(at(next.value));
  return next.value;
}

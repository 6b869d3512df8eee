/** A row of metrics.jsonl. What was not finite is null in JSON. */
export interface MetricRow {
  readonly step: number;
  /** Of the session that logged it. */
  readonly seconds?: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** A curve as it travels. Without `low` and `high` each point is one value. */
export interface CurveData {
  /** Values that a full point stands for: a power of two. */
  readonly width: number;
  /** Values that the last point stands for by now. */
  readonly filled: number;
  /** Of each point, its first. */
  readonly step: readonly number[];
  readonly mean: readonly number[];
  readonly low?: readonly number[];
  readonly high?: readonly number[];
}

/**
 * The values of a reading, however many came, as at most `limit` points of mean, least and greatest.
 * When they become too many, each two neighbours become one: memory is bounded, no peak is lost. Server
 * and page keep the same, so that a page goes on from what the server had.
 */
export class Curve {
  readonly limit: number;
  width = 1;
  filled = 0;
  step: number[] = [];
  mean: number[] = [];
  low: number[] = [];
  high: number[] = [];

  /** @param limit an even number */
  constructor(limit = 1000) {
    this.limit = limit;
  }

  static from({ width, filled, step, mean, low, high }: CurveData, limit?: number): Curve {
    const curve = new Curve(limit);
    const copies = { step: [...step], mean: [...mean], low: [...(low ?? mean)] };
    return Object.assign(curve, { width, filled, ...copies, high: [...(high ?? mean)] });
  }

  add(step: number, value: number): void {
    if (this.step.length > 0 && this.filled < this.width) {
      const i = this.step.length - 1;
      this.mean[i] = (this.mean[i]! * this.filled + value) / (this.filled + 1);
      this.low[i] = Math.min(this.low[i]!, value);
      this.high[i] = Math.max(this.high[i]!, value);
      this.filled++;
      return;
    }
    if (this.step.length === this.limit) this.halve();
    this.step.push(step);
    for (const part of [this.mean, this.low, this.high]) part.push(value);
    this.filled = 1;
  }

  /** All points are full when there is no room for another one. */
  private halve(): void {
    const pairs = <T>(values: readonly T[], join: (a: T, b: T) => T): T[] =>
      Array.from({ length: values.length / 2 }, (_, i) => join(values[2 * i]!, values[2 * i + 1]!));
    this.step = pairs(this.step, (a) => a);
    this.mean = pairs(this.mean, (a, b) => (a + b) / 2);
    this.low = pairs(this.low, Math.min);
    this.high = pairs(this.high, Math.max);
    this.width *= 2;
  }

  toJSON(): CurveData {
    const { width, filled, step, mean, low, high } = this;
    return { width, filled, step, mean, ...(width > 1 && { low, high }) };
  }
}

/** How far a training is and how fast, told from its rows. */
export interface Pace {
  /** Of the newest row. */
  readonly step: number;
  readonly seconds: number;
}

export interface HistoryData {
  readonly rows: number;
  /** Of the newest row; a curve's last point may have begun before. */
  readonly step: number;
  readonly curves: Readonly<Record<string, CurveData>>;
  readonly pace: readonly Pace[];
}

/** The name of the curve of steps a second. */
export const paceName = "steps/s";

/** Seconds over which the pace is a mean, and that it takes at least. */
const paceSpan = 10;
const leastSpan = 0.2;

/** Rows of one call of the runtime are written within as many seconds. */
const sameMoment = 0.02;

/** All curves of a run, and its pace. */
export class History {
  /** Rows so far. */
  rows = 0;
  /** Of the newest. */
  step = 0;
  readonly curves = new Map<string, Curve>();
  /** The last few moments at which rows were logged, oldest first. */
  private pace: Pace[] = [];

  static from({ rows, step, curves, pace }: HistoryData): History {
    const history = new History();
    history.rows = rows;
    history.step = step;
    history.pace = [...pace];
    for (const [name, data] of Object.entries(curves)) history.curves.set(name, Curve.from(data));
    return history;
  }

  add({ step, seconds, values }: MetricRow): void {
    this.rows++;
    this.step = step;
    for (const [name, value] of Object.entries(values)) {
      if (value !== null) this.curve(name).add(step, value);
    }
    if (seconds === undefined) return;
    const last = this.pace.at(-1);
    if (last && seconds >= last.seconds && seconds - last.seconds < sameMoment) {
      this.pace[this.pace.length - 1] = { step, seconds: last.seconds };
      return;
    }
    // A session that was resumed counts its seconds anew.
    if (last && seconds < last.seconds) this.pace = [];
    if (this.stepsPerSecond !== undefined) this.curve(paceName).add(step, this.stepsPerSecond);
    this.pace.push({ step, seconds });
    while (this.pace.length > 2 && seconds - this.pace[1]!.seconds > paceSpan) this.pace.shift();
    if (this.pace.length > 200) this.pace.splice(1, 100);
  }

  /** Undefined until two moments of a session are known. */
  get stepsPerSecond(): number | undefined {
    const [first, last] = [this.pace[0], this.pace.at(-1)];
    const seconds = first && last ? last.seconds - first.seconds : 0;
    return seconds >= leastSpan ? (last!.step - first!.step) / seconds : undefined;
  }

  toJSON(): HistoryData {
    const { rows, step, curves, pace } = this;
    return { rows, step, curves: Object.fromEntries(curves) as never, pace };
  }

  private curve(name: string): Curve {
    const known = this.curves.get(name) ?? new Curve();
    this.curves.set(name, known);
    return known;
  }
}

import type { StepScore } from "../../../src/app/run-scores.ts";
import { History } from "../../../src/studio/history.ts";
import type { News } from "../../../src/studio/place.ts";
import type { RunRecord } from "../../../src/studio/records.ts";
import type { RunAnswer } from "../../../src/studio/routes/runs.ts";
import type { RunStanding } from "../../../src/studio/routes/watching.ts";
import type { HealthRecord } from "../../../src/train/run-folder.ts";
import { get, listen } from "./api.ts";
import type { Line } from "./curves.ts";

/** Looks at a run's health that stay in memory: older ones are thinned. */
const mostLooks = 400;

/** Milliseconds between attempts to load what could not be loaded. */
const patience = 1000;

/**
 * A run as it is trained: what it has written so far, then what it writes, until `close`. Goes on by
 * itself when the server or the connection was gone.
 */
export class RunWatch {
  readonly name: string;
  info = $state.raw<RunAnswer>();
  standing = $state.raw<RunStanding>();
  looks = $state.raw<readonly HealthRecord[]>([]);
  scores = $state.raw<readonly StepScore[]>([]);
  /** Steps of the grids, ascending. */
  grids = $state.raw<readonly number[]>([]);
  /** The mean of the newest values of each reading: single ones of small batches say little. */
  recent = $state.raw<Readonly<Record<string, number>>>({});
  step = $state(0);
  stepsPerSecond = $state<number>();
  isLoaded = $state(false);
  isConnected = $state(true);
  error = $state.raw<Error>();
  /** Counts up when curves have grown: they are too large to be watched number by number. */
  private version = $state(0);
  private history = new History();
  private isClosed = false;
  /** Readings that were known when it was asked what they are. */
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private deafen: (() => void) | undefined;

  constructor(name: string) {
    this.name = name;
    void this.load();
  }

  get isTraining(): boolean {
    return this.standing?.state === "training";
  }

  get address(): string {
    return `runs/${encodeURIComponent(this.name)}`;
  }

  /** Names of the readings that were logged. */
  get names(): string[] {
    void this.version;
    return [...this.history.curves.keys()];
  }

  /** The curve of a reading; undefined while there is none. */
  line(reading: string, name = reading): Line | undefined {
    void this.version;
    const curve = this.history.curves.get(reading);
    if (!curve) return undefined;
    const bounds = curve.width > 1 ? { low: curve.low, high: curve.high } : {};
    return { name, x: curve.step, y: curve.mean, ...bounds };
  }

  /** Reads settings, readings, tags and note again. */
  async refresh(): Promise<void> {
    this.info = await get<RunAnswer>(this.address);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.deafen?.();
  }

  private async load(): Promise<void> {
    this.deafen?.();
    try {
      await this.refresh();
      const record = await get<RunRecord>(`${this.address}/record`);
      if (this.isClosed) return;
      this.take(record);
      this.isLoaded = true;
      this.error = undefined;
      this.follow(record.after);
    } catch (error) {
      if (this.isClosed) return;
      this.error = error instanceof Error ? error : new Error(String(error));
      this.timer = setTimeout(() => void this.load(), patience);
    }
  }

  private take({ history, looks, scores, grids }: RunRecord): void {
    this.history = History.from(history);
    this.looks = looks;
    this.scores = scores;
    this.grids = grids;
    const newest = [...this.history.curves].map(([name, { mean }]) => {
      const few = mean.slice(-10);
      return [name, few.reduce((a, b) => a + b, 0) / few.length];
    });
    this.recent = Object.fromEntries(newest);
    this.step = this.history.step;
    this.stepsPerSecond = this.history.stepsPerSecond;
    this.version++;
  }

  private follow(after: string): void {
    const hear = (name: string, data: unknown) => {
      if (name === "news") this.hear(data as News);
      else if (name === "reset") void this.load();
      else this.stand(data as RunStanding);
    };
    this.deafen = listen(`${this.address}/events`, hear, {
      names: ["news", "state", "reset"],
      after,
      connected: (is) => {
        this.isConnected = is;
      },
    });
  }

  /** What new readings are: the run's folder says so once they have spoken. */
  private ask(count: number): void {
    if (count === this.asked) return;
    this.asked = count;
    void this.refresh().catch(() => {});
  }

  private stand(standing: RunStanding): void {
    const isNew = this.standing?.state !== standing.state;
    this.standing = standing;
    if (isNew) void this.refresh().catch(() => {});
  }

  private hear({ rows, looks, scores, grids }: News): void {
    const recent: Record<string, number> = { ...this.recent };
    for (const row of rows) {
      this.history.add(row);
      for (const [name, value] of Object.entries(row.values)) {
        if (value !== null) recent[name] = 0.9 * (recent[name] ?? value) + 0.1 * value;
      }
    }
    if (rows.length > 0) {
      this.recent = recent;
      this.step = rows.at(-1)!.step;
      this.stepsPerSecond = this.history.stepsPerSecond;
      this.version++;
      this.ask(Object.keys(recent).length);
    }
    if (looks.length > 0) this.looks = thinned([...this.looks, ...looks]);
    if (scores.length > 0) this.scores = [...this.scores, ...scores].slice(-4 * mostLooks);
    if (grids.length > 0) this.grids = [...new Set([...this.grids, ...grids])];
  }
}

/** Every other one but the newest, as often as there are too many. */
function thinned<T>(items: readonly T[]): readonly T[] {
  let few = items;
  while (few.length > mostLooks) few = few.filter((_, i) => (few.length - 1 - i) % 2 === 0);
  return few;
}

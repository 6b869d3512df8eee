import type { StepScore } from "../app/run-scores.ts";
import type { HealthRecord } from "../train/run-folder.ts";
import { History, type HistoryData } from "./history.ts";
import { beginning, gridsOf, type Place, placeId, readNews } from "./place.ts";

/** All that a run has written of its training, condensed. */
export interface RunRecord {
  readonly history: HistoryData;
  /** Looks at its health, oldest first: at most `mostLooks`, evenly thinned. */
  readonly looks: readonly HealthRecord[];
  readonly scores: readonly StepScore[];
  /** Steps of its grids, ascending. */
  readonly grids: readonly number[];
  /** Where its events go on: `events?after=…`. */
  readonly after: string;
}

/** Looks that are kept of a run. */
export const mostLooks = 400;

/** Every other one but the newest, when there are too many. */
export const thinned = <T>(items: readonly T[], most = mostLooks): readonly T[] =>
  items.length <= most ? items : items.filter((_, i) => (items.length - 1 - i) % 2 === 0);

/** Lets others have their turn. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Reader {
  private place: Place = beginning;
  private history = new History();
  private looks: readonly HealthRecord[] = [];
  private scores: readonly StepScore[] = [];
  private reading: Promise<unknown> = Promise.resolve();
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Those who ask at once are answered one after the other. */
  read(): Promise<RunRecord> {
    const record = this.reading.then(() => this.catchUp());
    this.reading = record.catch(() => {});
    return record;
  }

  private async catchUp(): Promise<RunRecord> {
    for (;;) {
      const news = readNews(this.path, this.place);
      if (news.isOther) this.forget();
      else {
        for (const row of news.rows) this.history.add(row);
        for (const look of news.looks) this.looks = thinned([...this.looks, look]);
        this.scores = thinned([...this.scores, ...news.scores]);
        const isDone = news.place.metrics.offset === this.place.metrics.offset;
        this.place = news.place;
        if (isDone && news.looks.length === 0) break;
      }
      await pause();
    }
    const { history, looks, scores, place } = this;
    const after = placeId(place);
    return { history: history.toJSON(), looks, scores, grids: gridsOf(this.path), after };
  }

  private forget(): void {
    this.place = beginning;
    this.history = new History();
    this.looks = [];
    this.scores = [];
  }
}

/** Records that stay in memory, so that a log is read once. */
const kept = 8;

/** Reads records of runs, without holding up others: a long log in pieces. */
export class Records {
  private readonly readers = new Map<string, Reader>();

  read(path: string): Promise<RunRecord> {
    const reader = this.readers.get(path) ?? new Reader(path);
    // The one used last is at the end.
    this.readers.delete(path);
    this.readers.set(path, reader);
    for (const old of [...this.readers.keys()].slice(0, -kept)) this.readers.delete(old);
    return reader.read();
  }

  forget(path: string): void {
    this.readers.delete(path);
  }
}

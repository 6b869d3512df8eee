/** How far a run is. */
export interface Progress {
  /** Ticks done: a tick is one batch of data. */
  readonly step: number;
  /** Images (or rows) shown so far. */
  readonly images: number;
}

/** A hyper-parameter over time: evaluated on the host and fed at each step, never compiled in. */
export type Schedule = (progress: Progress) => number;

/** A plain number is a constant schedule. */
export type Scheduled = number | Schedule;

export const toSchedule = (s: Scheduled): Schedule => (typeof s === "number" ? () => s : s);

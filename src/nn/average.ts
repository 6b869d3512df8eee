import { type Schedule, type Scheduled, toSchedule } from "./schedule.ts";

export interface AverageOptions {
  /** Images after which an old value has half its weight. */
  readonly halfLife: Scheduled;
  /** Images of one batch. */
  readonly batch: number;
  /** Early on, the half-life is at most this share of the images shown: StyleGAN2 takes 0.05. */
  readonly ramp?: number | undefined;
}

/**
 * Weight of the old average at each tick, 0.5^(batch/halfLife), in [0, 1). Karras et al. 2020,
 * arXiv:2006.06676, training loop (`ema_kimg`, `ema_rampup`).
 */
export function average({ halfLife, batch, ramp }: AverageOptions): Schedule {
  const wanted = toSchedule(halfLife);
  return (progress) => {
    const limit = ramp === undefined ? Number.POSITIVE_INFINITY : ramp * progress.images;
    const images = Math.min(wanted(progress), limit);
    return images > 0 ? 0.5 ** (batch / images) : 0;
  };
}

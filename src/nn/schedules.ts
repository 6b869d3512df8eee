import { GanymedeError } from "../core/errors.ts";
import { type Progress, type Schedule, type Scheduled, toSchedule } from "./schedule.ts";

/** A length or a point of a run, in images shown or in steps done. */
export type Span = { readonly images: number } | { readonly steps: number };

export const images = (count: number): Span => ({ images: count });
/** Thousands of images. */
export const kimg = (thousands: number): Span => images(thousands * 1e3);
/** Millions of images. */
export const Mimg = (millions: number): Span => images(millions * 1e6);
export const steps = (count: number): Span => ({ steps: count });

/** How many times `span` has passed. */
const passed = ({ images, step }: Progress, span: Span): number =>
  "images" in span ? images / span.images : step / span.steps;

/** From 0 to 1 during `span`, then 1; a span of nothing is over at once. */
const fraction = (progress: Progress, span: Span): number => {
  const t = passed(progress, span);
  return Number.isNaN(t) ? 1 : Math.min(1, t);
};

/** `value`, always. */
export const fixed =
  (value: number): Schedule =>
  () =>
    value;

/** In a straight line from `from` to `to` over a span, then `to`. */
export const ramp =
  (from: number, to: number, over: Span): Schedule =>
  (progress) =>
    from + (to - from) * fraction(progress, over);

/** Along half a cosine wave from `from` to `to` over a span, then `to`. */
export const cosine =
  (from: number, to: number, over: Span): Schedule =>
  (progress) =>
    to + ((from - to) / 2) * (1 + Math.cos(Math.PI * fraction(progress, over)));

/** from·factor^t, t counting spans: `exponential(1e-3, 0.5, Mimg(1))` halves every million images. */
export const exponential =
  (from: number, factor: number, every: Span): Schedule =>
  (progress) =>
    from * factor ** passed(progress, every);

/**
 * Through points [when, value], `when` rising and in `unit`: a straight line between two points, or
 * with `between: "hold"` the earlier point's value. Before the first and after the last, their values.
 * Throws `SCHEDULE` when there is no point or `when` does not rise.
 */
export function piecewise(
  points: readonly (readonly [when: number, value: number])[],
  { unit, between = "line" }: { unit: "images" | "steps"; between?: "line" | "hold" },
): Schedule {
  if (points.length === 0 || points.some(([when], i) => i > 0 && when <= points[i - 1]![0])) {
    throw new GanymedeError("SCHEDULE", {
      where: "piecewise",
      expected: "at least one point, in rising order",
      got: JSON.stringify(points),
      fix: "sort the points and give each moment once",
    });
  }
  return ({ step, images }) => {
    const now = unit === "images" ? images : step;
    const next = points.findIndex(([when]) => when > now);
    if (next === -1) return points.at(-1)![1];
    const [t1, v1] = points[next]!;
    const [t0, v0] = points[Math.max(0, next - 1)]!;
    return between === "hold" || next === 0 ? v0 : v0 + ((v1 - v0) * (now - t0)) / (t1 - t0);
  };
}

/** `schedule`, times a factor that grows from 0 to 1 in a straight line over a span. */
export function warmup(schedule: Scheduled, over: Span): Schedule {
  const value = toSchedule(schedule);
  return (progress) => value(progress) * fraction(progress, over);
}

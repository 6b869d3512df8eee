import { spread } from "../src/metrics/bootstrap.ts";

/** Of figures over seeds. */
export const sum = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0);

export const mean = (v: readonly number[]): number => spread(v).mean;

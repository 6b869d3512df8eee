/** The tables of bench/README.md on where a step's time goes, from bench/results/profile.json. */

import { readResults } from "../bench/_results.ts";
import type { ProfiledStep, ProfileRecord } from "../bench/profile.ts";
import { brief, table } from "./_table.ts";

const steps = (): [string, ProfiledStep][] =>
  Object.entries(readResults<ProfileRecord>("profile")?.steps ?? {});

const pair = ({ fastest, median }: { fastest: number; median: number }): string =>
  `${brief(fastest)} / ${brief(median)}`;

/** GFLOP/s of the convolutions, all nodes that lower them counted, beside a product of matrices. */
export function rateTable(): string {
  const kinds = ["forward", "inputGradient", "weightGradient", "step"] as const;
  const rows = steps().map(([name, { gflops, sgemm }]) => [
    name,
    brief(gflops.step.gflop),
    ...kinds.map((kind) => (gflops[kind] ? pair(gflops[kind]) : "")),
    pair(sgemm),
  ]);
  const heads = ["forward", "image gradient", "weight gradient", "whole step", "a 1024³ product"];
  return table(["step", "GFLOP", ...heads], rows);
}

/** What our operators become; everything that takes a hundredth of a step or more. */
export function kernelTable(): string {
  const rows = steps().flatMap(([name, { nodes, all }]) =>
    nodes
      .filter((node) => node.medianMs > all.medianMs / 100)
      .map(({ operator, kind, count, fastestMs, medianMs }) => [
        name,
        operator,
        `${count} ${kind}`,
        brief(fastestMs),
        brief(medianMs),
        `${((100 * medianMs) / all.medianMs).toFixed(0)} %`,
      ]),
  );
  return table(["step", "operator", "kernels", "fastest ms", "median ms", "share"], rows);
}

import { checkData as check, type DataReport } from "../../app/data-check.ts";
import { cancelled } from "../cancelled.ts";
import type { Job } from "../job.ts";

export interface CheckAsked {
  /** The name of a source, or a path. */
  readonly data: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Files, copies and classes that are told of; the report counts all. */
const most = 500;

/** A report with no more than is shown. */
export interface Checked {
  readonly report: DataReport;
  /** Files that cannot be used, of which `report` has the first. */
  readonly refused: number;
}

export const checkData: Job<CheckAsked, Checked> = async ({ data, options }, bench) => {
  const onProgress = (_: string, done: number, total?: number) => {
    if (bench.cancelled) throw cancelled("check-data");
    bench.tell(total === undefined ? 0 : done / total);
  };
  const report = await check(data, { options, opening: { onProgress } });
  const { refused, duplicates } = report;
  const { same, near } = duplicates;
  return {
    report: {
      ...report,
      refused: refused.slice(0, most),
      duplicates: { same: same.slice(0, most), near: near.slice(0, most) },
    },
    refused: refused.length,
  };
};

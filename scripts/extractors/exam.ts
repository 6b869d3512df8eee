import type { Source } from "../../src/data/source.ts";
export const examineClassifier = async (_record: string, _tests: Record<16 | 28, Source>) => ({});
export const examineEncoder = async (_record: string, _tests: readonly Source[]) => ({});

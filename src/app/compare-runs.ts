import { isDeepStrictEqual } from "node:util";
import { comparable } from "../metrics/score-record.ts";
import { RunFolder } from "../train/run-folder.ts";
import { askedOf } from "./asked.ts";
import { readRunConfig } from "./run-config.ts";
import { readingsOf, scoresOf } from "./run-scores.ts";

/** One thing of two runs; undefined where a run has it not. */
export interface Difference {
  readonly name: string;
  readonly values: readonly [unknown, unknown];
}

export interface Comparison {
  readonly runs: readonly [string, string];
  /** Settings that are not the same, by dotted name. */
  readonly settings: readonly Difference[];
  /** The newest value of each reading that both log, or one. */
  readonly readings: readonly Difference[];
  /** The newest score of each metric. */
  readonly scores: readonly (Difference & {
    readonly steps: readonly [number | undefined, number | undefined];
    /** Whether the two were measured alike; if not, no conclusion may be drawn. */
    readonly isFair: boolean;
  })[];
}

/** Throws `NO_RUN` or `RUN_CORRUPT`. */
export function compareRuns(a: string, b: string): Comparison {
  const settings = [a, b].map((path) => flat(askedOf(readRunConfig(RunFolder.open(path)))));
  const [sa, sb] = settings as [Flat, Flat];
  const [ra, rb] = [readingsOf(a), readingsOf(b)];
  return {
    runs: [a, b],
    settings: pairs(sa, sb).filter(({ values: [x, y] }) => !isDeepStrictEqual(x, y)),
    readings: pairs(ra, rb),
    scores: scorePairs(a, b),
  };
}

type Flat = Readonly<Record<string, unknown>>;

/** `{ options: { width: 3 } }` → `{ "options.width": 3 }`. */
function flat(value: object, prefix = ""): Flat {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, below]) =>
      typeof below === "object" && below !== null && !Array.isArray(below)
        ? Object.entries(flat(below as object, `${prefix}${name}.`))
        : [[`${prefix}${name}`, below]],
    ),
  );
}

const pairs = (a: Flat, b: Flat): Difference[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => ({
    name,
    values: [a[name], b[name]],
  }));

function scorePairs(a: string, b: string): Comparison["scores"] {
  const [of, and] = [scoresOf(a), scoresOf(b)];
  const metrics = new Set([...of, ...and].map(({ score }) => score.metric));
  return [...metrics].map((name) => {
    const x = of.findLast(({ score }) => score.metric === name);
    const y = and.findLast(({ score }) => score.metric === name);
    return {
      name,
      values: [x?.score.value, y?.score.value],
      steps: [x?.step, y?.step],
      isFair: x !== undefined && y !== undefined && comparable(x.score, y.score),
    };
  });
}

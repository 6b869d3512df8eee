/** What a coded error tells its reader: where it happened, what was expected, what came, what to do. */
export interface Fault {
  /** The part, file, option or source line that is at fault. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
  /** One imperative sentence: what the user should do next. */
  readonly fix: string;
}

/**
 * The one error that users see. The command line prints `message` and no stack; anything else that
 * reaches a user is a defect of ours.
 */
export class GanymedeError extends Error {
  /** Stable, upper-case, for programs: `SHAPE`, `UNKNOWN_SYSTEM`, `DATA_TRUNCATED`, … */
  readonly code: string;
  readonly fault: Fault;

  constructor(code: string, fault: Fault, options?: ErrorOptions) {
    super(
      `[ganymede] [${fault.where}] ${code} expected ${fault.expected}, got ${fault.got}; ${fault.fix}`,
      options,
    );
    this.name = "GanymedeError";
    this.code = code;
    this.fault = fault;
  }
}

/** The candidate nearest to `word` by edit distance, for "did you mean"; undefined when none is close. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, two rows. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, previous[j]! + 1, row[j - 1]! + 1));
    }
    previous = row;
  }
  return previous[b.length]!;
}

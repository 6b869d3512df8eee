/** A factor of a combination, and what it may be. */
export type Factors = Readonly<Record<string, readonly string[]>>;

/** One level of each factor. */
export type Row = Readonly<Record<string, string>>;

interface Pair {
  readonly a: string;
  readonly at: string;
  readonly b: string;
  readonly bt: string;
}

const keyOf = ({ a, at, b, bt }: Pair): string => `${a}=${at} ${b}=${bt}`;

/** All pairs of levels of two factors that go together. */
export function pairsOf(factors: Factors, fits: (row: Row) => boolean): Map<string, Pair> {
  const names = Object.keys(factors);
  const all = new Map<string, Pair>();
  names.forEach((a, i) => {
    for (const b of names.slice(i + 1)) {
      for (const at of factors[a]!) {
        for (const bt of factors[b]!) {
          const pair = { a, at, b, bt };
          if (fits({ [a]: at, [b]: bt })) all.set(keyOf(pair), pair);
        }
      }
    }
  });
  return all;
}

/** Pairs of a row that are still to be covered. */
const newIn = (row: Row, open: ReadonlyMap<string, Pair>): string[] =>
  [...open].flatMap(([key, { a, at, b, bt }]) => (row[a] === at && row[b] === bt ? [key] : []));

/**
 * Rows in which every pair of levels of two factors that `fits` occurs: each begins with a pair that is
 * still missing, and takes of every other factor the level that adds most. `fits` judges partial rows.
 */
export function covering(factors: Factors, fits: (row: Row) => boolean): Row[] {
  const open = pairsOf(factors, fits);
  const rows: Row[] = [];
  while (open.size > 0) {
    const [{ a, at, b, bt }] = open.values() as unknown as [Pair];
    let row: Row = { [a]: at, [b]: bt };
    for (const [name, levels] of Object.entries(factors)) {
      if (name in row) continue;
      const choices = levels.map((level) => ({ ...row, [name]: level })).filter(fits);
      const best = choices
        .map((choice) => ({ choice, gain: newIn(choice, open).length }))
        .reduce((x, y) => (y.gain > x.gain ? y : x));
      row = best.choice;
    }
    for (const key of newIn(row, open)) open.delete(key);
    rows.push(row);
  }
  return rows;
}

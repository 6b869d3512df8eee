import { GanymedeError } from "../core/errors.ts";

export interface Assignment {
  /** The column of each row: a permutation. */
  readonly columns: Int32Array;
  /** Σ of the chosen costs. */
  readonly cost: number;
}

/**
 * The one-to-one matching of n rows with n columns that costs least: optimal transport between two
 * sets of as many points. Kuhn 1955, by shortest augmenting paths with dual prices (Jonker, Volgenant
 * 1987). Time n³, memory n.
 *
 * @param costs [n, n], row-major, finite
 * @throws GanymedeError METRIC_INPUT when the costs are not a square or not finite
 */
export function assign(costs: ArrayLike<number>): Assignment {
  const n = Math.round(Math.sqrt(costs.length));
  requireSquare(costs, n);
  const search = new Search(costs, n);
  for (let row = 0; row < n; row++) search.addRow(row);
  const columns = new Int32Array(n);
  let cost = 0;
  for (let column = 0; column < n; column++) {
    const row = search.rowOf[column]!;
    columns[row] = column;
    cost += costs[row * n + column]!;
  }
  return { columns, cost };
}

/** A matching of the rows so far, with prices at which no pair is cheaper than its price. */
class Search {
  /** Row that holds each column; −1 when free. Column n stands for the row that is being added. */
  readonly rowOf: Int32Array;
  private readonly costs: ArrayLike<number>;
  private readonly n: number;
  private readonly rowPrice: Float64Array;
  private readonly columnPrice: Float64Array;

  constructor(costs: ArrayLike<number>, n: number) {
    this.costs = costs;
    this.n = n;
    this.rowOf = new Int32Array(n + 1).fill(-1);
    this.rowPrice = new Float64Array(n);
    this.columnPrice = new Float64Array(n + 1);
  }

  /** Dijkstra over reduced costs from `row` to a free column; then the path swaps hands. */
  addRow(row: number): void {
    const { n, rowOf } = this;
    const distance = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    const from = new Int32Array(n).fill(n);
    const reached = new Uint8Array(n + 1);
    rowOf[n] = row;
    let at = n;
    while (rowOf[at] !== -1) {
      reached[at] = 1;
      const { next, step } = this.nearest(at, distance, from, reached);
      this.reprice(step, distance, reached);
      at = next;
    }
    while (at !== n) {
      const before = from[at]!;
      rowOf[at] = rowOf[before]!;
      at = before;
    }
  }

  /** Relaxes the edges of the row that holds column `at`; the nearest column not yet reached. */
  private nearest(at: number, distance: Float64Array, from: Int32Array, reached: Uint8Array) {
    const { n, costs, rowOf, rowPrice, columnPrice } = this;
    const row = rowOf[at]!;
    let next = -1;
    let step = Number.POSITIVE_INFINITY;
    for (let column = 0; column < n; column++) {
      if (reached[column]) continue;
      const reduced = costs[row * n + column]! - rowPrice[row]! - columnPrice[column]!;
      if (reduced < distance[column]!) {
        distance[column] = reduced;
        from[column] = at;
      }
      if (distance[column]! < step) {
        step = distance[column]!;
        next = column;
      }
    }
    return { next, step };
  }

  /** Keeps reduced costs at least 0, and 0 along the tree. */
  private reprice(step: number, distance: Float64Array, reached: Uint8Array): void {
    const { n, rowOf, rowPrice, columnPrice } = this;
    for (let column = 0; column <= n; column++) {
      if (reached[column]) {
        rowPrice[rowOf[column]!]! += step;
        columnPrice[column]! -= step;
      } else if (column < n) {
        distance[column]! -= step;
      }
    }
  }
}

function requireSquare(costs: ArrayLike<number>, n: number): void {
  const finite = Array.from(costs).every(Number.isFinite);
  if (n > 0 && n * n === costs.length && finite) return;
  throw new GanymedeError("METRIC_INPUT", {
    where: "assignment",
    expected: "n·n finite costs, n ≥ 1",
    got: finite ? `${costs.length} costs` : "a cost that is not finite",
    fix: "pass the cost of each pair of a row and a column, row by row",
  });
}

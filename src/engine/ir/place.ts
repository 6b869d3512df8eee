let current = "";

/** Where nodes are being traced now; empty outside every part that has a name. */
export const placeNow = (): string => current;

/**
 * Runs `make` with every node that it traces said to come from `place`: the path of a layer, a loss,
 * `gradient of …`. It is for people who look for an operator; nothing is computed from it.
 */
export function tracedAt<T>(place: string, make: () => T): T {
  const outer = current;
  current = place;
  try {
    return make();
  } finally {
    current = outer;
  }
}

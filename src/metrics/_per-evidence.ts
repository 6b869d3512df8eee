import type { Evidence, Side } from "./metric.ts";

/**
 * `make`, computed once for each pair of sides and seed: metrics that ask for the same share the work
 * as long as somebody holds the sides.
 */
export function perEvidence<T>(
  make: (evidence: Evidence) => Promise<T>,
): (evidence: Evidence) => Promise<T> {
  const known = new WeakMap<Side, WeakMap<Side, Map<number, Promise<T>>>>();
  return (evidence) => {
    const { real, fake, seed } = evidence;
    const fakes = at(known, real, () => new WeakMap<Side, Map<number, Promise<T>>>());
    const seeds = at(fakes, fake, () => new Map<number, Promise<T>>());
    return at(seeds, seed, () => make(evidence));
  };
}

interface Keyed<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

function at<K, V>(map: Keyed<K, V>, key: K, make: () => V): V {
  const before = map.get(key);
  if (before !== undefined) return before;
  const made = make();
  map.set(key, made);
  return made;
}

import { type RandomStream, stream } from "../core/random.ts";

/** Draws the value of one option. */
export type Draw = (random: RandomStream) => unknown;

/** Option name → how it is drawn. */
export type SearchSpace = Readonly<Record<string, Draw>>;

const share = (random: RandomStream): number => random.uniform(new Float64Array(1))[0]!;

/** Uniform over [low, high]. */
export const between =
  (low: number, high: number): Draw =>
  (random) =>
    low + (high - low) * share(random);

/** Uniform in the logarithm over [low, high], both above 0: rates and weights of penalties. */
export const logBetween =
  (low: number, high: number): Draw =>
  (random) =>
    low * (high / low) ** share(random);

/** One of the values, each as likely as another. */
export const oneOf =
  <T>(values: readonly T[]): Draw =>
  (random) =>
    values[random.integers(1, values.length)[0]!];

/**
 * The `index`-th random configuration of a space: a pure function of seed, index and each option's own
 * name, so that a search can be extended and an option added without changing what was drawn.
 */
export const drawOptions = (
  space: SearchSpace,
  { seed, index }: { readonly seed: number; readonly index: number },
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(space).map(([name, draw]) => [
      name,
      draw(stream(seed, `search/${name}`, index)),
    ]),
  );

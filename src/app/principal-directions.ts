import { sizeOf } from "../engine/ir/type.ts";
import { principalComponents } from "../metrics/principal-components.ts";
import type { Directions } from "./directions.ts";
import type { OpenRun } from "./sample.ts";

export interface PrincipalDirections {
  /** At most the numbers of a code; 6 when absent. */
  readonly count?: number;
  /** Items that are looked at; 256 when absent. */
  readonly samples?: number;
  /** 0 when absent. */
  readonly seed?: number;
  /** The class of all items, for a conditional generator; one after the other when absent. */
  readonly label?: number;
}

/**
 * The directions of the code along which items differ most: principal components x of what is made of
 * drawn codes z, each carried back to the codes by least squares, u = Σ x·z/Σ x². GANSpace: Härkönen,
 * Hertzmann, Lehtinen, Paris 2020, arXiv:2004.02546, section 2.2; the source looks at an early layer,
 * which for a code that a layer multiplies finds what `directions` finds, and this at the items.
 */
export async function principalDirections(
  run: OpenRun,
  { count = 6, samples = 256, seed = 0, label }: PrincipalDirections = {},
): Promise<Directions> {
  const { size: n } = run.sampler.layout;
  const request = { seed, count: samples, ...(label !== undefined && { labels: [label] }) };
  const data = await run.sample(request);
  const codes = run.sampler.codes(request);
  const kept = Math.min(count, n);
  const width = sizeOf(run.field.shape);
  const { scores, variances } = principalComponents({ count: samples, width, data }, kept);
  const vectors = new Float32Array(kept * n);
  for (let k = 0; k < kept; k++) {
    const direction = new Float64Array(n);
    for (let i = 0; i < samples; i++) {
      const x = scores[i * kept + k]!;
      for (let j = 0; j < n; j++) direction[j]! += x * codes[i * n + j]!;
    }
    const length = Math.hypot(...direction);
    // As eigenvectors are given: what does not follow from the items must not depend on chance.
    const largest = direction.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
    const scale = length > 0 ? Math.sign(largest) / length : 0;
    vectors.set(
      Float32Array.from(direction, (v) => v * scale),
      k * n,
    );
  }
  return { vectors, stretches: variances.map(Math.sqrt) };
}

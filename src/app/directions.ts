import { GanymedeError } from "../core/errors.ts";
import { inputName } from "../engine/ir/leaves.ts";
import { ancestors, type Tensor } from "../engine/ir/tensor.ts";
import { sizeOf } from "../engine/ir/type.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { program } from "../engine/program.ts";
import { symmetricEigen } from "../metrics/eigenvectors.ts";
import { type CodeLayout, partRows } from "../train/codes.ts";
import { isPicture } from "../train/pixels.ts";
import { traceSampler } from "../train/sampler.ts";
import type { Codes } from "./codes.ts";
import { type PrincipalDirections, principalDirections } from "./principal-directions.ts";
import type { OpenRun } from "./sample.ts";
import { writeSamples } from "./sample-files.ts";

/** What a code may be moved along. */
export interface Directions {
  /** Unit vectors in the space of codes, the strongest first, [count, latent]. */
  readonly vectors: Float32Array;
  /** By how much the first layers stretch each. */
  readonly stretches: readonly number[];
}

/** Products of a code with learnt numbers that no other such product comes before. */
function firstProducts(output: Tensor, codes: ReadonlySet<string>): Tensor[] {
  const fromCode = new Set<Tensor>();
  const beyond = new Set<Tensor>();
  const first: Tensor[] = [];
  for (const t of ancestors([output])) {
    const name = inputName(t);
    if (name !== undefined && codes.has(name)) fromCode.add(t);
    const reached = t.inputs.filter((i) => fromCode.has(i));
    if (t.inputs.some((i) => beyond.has(i))) beyond.add(t);
    else if (reached.length === 1 && t.inputs.length === 2 && t.record.terms) {
      first.push(t);
      beyond.add(t);
    } else if (reached.length > 0) fromCode.add(t);
  }
  return first;
}

/** What the first layers make of `rows` codes, of class 0 where there are classes, one row a code. */
async function firstLayers(run: OpenRun, rows: Float32Array, count: number) {
  const { provider, game, variables } = run;
  const { layout } = run.sampler;
  const traced = traceSampler(game, variables, count);
  const products = firstProducts(traced.output, new Set(layout.parts.map((p) => p.name)));
  if (products.length === 0) throw noLayer(run.path);
  const compiled = program(Object.fromEntries(products.map((t, i) => [`y${i}`, t])));
  const session = await provider.create(toOnnx(compiled, { target: provider.target }));
  const names = compiled.inputs.map((t) => inputName(t)!);
  const codes = codesOf(run, layout, rows, count);
  const feeds = Object.fromEntries(
    names.map((name) => [name, codes[name] ?? run.value(name)] as const),
  );
  const results = await session.run(feeds);
  const all = await Promise.all(
    products.map(async (t, i) => ({
      size: sizeOf(t.shape.slice(1)),
      data: (await results[`y${i}`]!.data()) as Float32Array,
    })),
  );
  await session.dispose();
  return all;
}

function codesOf(run: OpenRun, layout: CodeLayout, rows: Float32Array, count: number) {
  const { provider } = run;
  const label = provider.value("i32", [count], new Int32Array(count));
  const key = provider.value("i32", [], Int32Array.of(0));
  const parts = layout.parts.map((part) => {
    const data = partRows(rows, layout, part, count);
    return [part.name, provider.value("f32", [count, ...part.shape], data)] as const;
  });
  return { label, key, ...Object.fromEntries(parts) } as Readonly<
    Record<string, typeof label | undefined>
  >;
}

/**
 * The directions of the code that the generator's first layers stretch most: eigenvectors of AᵀA, A
 * being all products of a code with learnt weights side by side. They often stand for what one sees
 * change: pose, thickness, light. SeFa: Shen, Zhou 2021, arXiv:2007.06600, equation 6.
 *
 * @param count at most the numbers of a code; 6 when absent
 * @throws GanymedeError SAMPLE_FORMAT when no layer multiplies the code by weights
 */
export async function directions(run: OpenRun, count = 6): Promise<Directions> {
  const { size: n } = run.sampler.layout;
  // The zero code's row takes what a layer adds out again.
  const rows = new Float32Array((n + 1) * n);
  for (let i = 0; i < n; i++) rows[(i + 1) * n + i] = 1;
  const gram = new Float64Array(n * n);
  for (const { size, data } of await firstLayers(run, rows, n + 1)) {
    const at = (code: number, k: number) => data[(code + 1) * size + k]! - data[k]!;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < size; k++) sum += at(i, k) * at(j, k);
        gram[i * n + j]! += sum;
        if (j < i) gram[j * n + i]! += sum;
      }
    }
  }
  const { values, vectors } = symmetricEigen(gram, n);
  const kept = Math.min(count, n);
  return {
    vectors: Float32Array.from(vectors.subarray(0, kept * n)),
    stretches: [...values.subarray(0, kept)].map((v) => Math.sqrt(Math.max(0, v))),
  };
}

/** How directions are found: see `directions` (SeFa) and `principalDirections` (PCA). */
export const directionMethods = ["sefa", "pca"] as const;
export type DirectionMethod = (typeof directionMethods)[number];

/** Directions by one of the methods; `label` is the class of the items that PCA looks at. */
export const findDirections = (
  run: OpenRun,
  method: DirectionMethod,
  asked: PrincipalDirections,
): Promise<Directions> =>
  method === "pca" ? principalDirections(run, asked) : directions(run, asked.count);

export interface Walk {
  /** .png for a sheet, a row a direction; a folder, .npz or .csv. */
  readonly out: string;
  /** How many directions; 6 when absent. */
  readonly count?: number;
  /** `sefa` when absent. */
  readonly method?: DirectionMethod;
  /** Farthest step of the code, either way; 3 when absent. */
  readonly reach?: number;
  /** Items of a row; 7 when absent. The one in the middle of an odd number is the item itself. */
  readonly steps?: number;
  /** Where a run draws noise of its own. */
  readonly seed?: number;
}

/** Items of one code moved along the strongest directions, a row each. Throws as `writeSamples` does. */
export async function walkDirections(run: OpenRun, from: Codes, asked: Walk): Promise<Directions> {
  const { out, reach = 3, steps = 7, seed = 0 } = asked;
  const label = from.labels?.[0];
  const found = await findDirections(run, asked.method ?? "sefa", {
    ...(asked.count !== undefined && { count: asked.count }),
    ...(label !== undefined && { label }),
  });
  const { size: n } = run.sampler.layout;
  const rows = found.stretches.length;
  const codes = new Float32Array(rows * steps * n);
  for (let i = 0; i < rows * steps; i++) {
    const [row, step] = [Math.floor(i / steps), i % steps];
    const along = steps === 1 ? 0 : reach * ((2 * step) / (steps - 1) - 1);
    for (let k = 0; k < n; k++)
      codes[i * n + k] = from.codes[k]! + along * found.vectors[row * n + k]!;
  }
  const request = {
    seed,
    count: rows * steps,
    codes,
    ...(from.labels && { labels: [from.labels[0]!] }),
  };
  await writeSamples(run, request, { out, ...(isPicture(run.field) && { columns: steps }) });
  return found;
}

const noLayer = (where: string) =>
  new GanymedeError("SAMPLE_FORMAT", {
    where,
    expected: "a generator whose first layer multiplies its code by weights",
    got: "a generator without one",
    fix: "go from sample to sample instead: see `ganymede interpolate`",
  });

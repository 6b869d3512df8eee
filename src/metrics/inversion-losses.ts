import { constant } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import { readModel } from "../engine/onnx/read.ts";
import { traceModel } from "../engine/onnx/trace-model.ts";
import {
  abs,
  add,
  concat,
  div,
  mean,
  mul,
  resample,
  reshape,
  slice,
  square,
  sub,
  sum,
} from "../engine/ops/index.ts";
import type { Provider, Value } from "../engine/run/provider.ts";
import type { ExtractorManifest } from "./extractor-manifest.ts";
import type { InversionLoss } from "./inversion.ts";

/** Mean over an item's values of (G(z) − x)², or of |G(z) − x|, in the range that networks see. */
export const pixelLoss = (kind: "l2" | "l1"): InversionLoss => ({
  loss: ({ items, targets }) => {
    const off = sub(items, targets);
    return mean(kind === "l2" ? square(off) : abs(off), { axes: [1] });
  },
});

/** ‖z‖²/size: 1 for a code as drawn, above for one that the generator has seldom met. */
export const priorLoss: InversionLoss = {
  loss: ({ codes }) => mean(square(codes), { axes: [1] }),
};

/** Images as a generator makes them. */
export interface ImageForm {
  /** Channels, height and width. */
  readonly shape: readonly [number, number, number];
  /** Values of black and white. */
  readonly range: readonly [number, number];
}

/**
 * ‖φ(G(z)) − φ(x)‖²/‖φ(x)‖² with the features φ of an extractor: what a picture shows rather than each
 * of its pixels. The extractor's operators are traced with the generator's, so that gradients reach the
 * code. Johnson, Alahi, Fei-Fei 2016, arXiv:1603.08155; inversion with it: Abdal, Qin, Wonka 2019,
 * arXiv:1904.03189.
 *
 * @throws GanymedeError ONNX_FORMAT, ONNX_OPERATOR for a model that cannot be traced
 */
export function perceptualLoss(
  provider: Provider,
  { manifest, model }: { readonly manifest: ExtractorManifest; readonly model: Uint8Array },
  form: ImageForm,
): InversionLoss {
  const graph = readModel(`extractor ${manifest.id}`, model);
  const wanted = { ...graph, outputs: [manifest.outputs.features.name] };
  const values = new Map<string, Value>();
  const { name, batch } = manifest.input;
  const featuresOf = (images: Tensor): Tensor => {
    const feeds = { [name]: prepared(images, manifest, form) };
    const options = { prefix: `extractor ${manifest.id}/` };
    const fixed = batch === "any" ? options : { ...options, batch };
    const { outputs, weights } = traceModel(wanted, feeds, fixed);
    for (const [key, { dims, data }] of weights) {
      values.set(key, provider.value("f32", dims, data as Float32Array));
    }
    return taken(outputs[wanted.outputs[0]!]!, manifest);
  };
  return {
    values,
    loss({ items, targets }) {
      // Once for both, since a model's weights are inputs of one name each.
      const n = items.shape[0]!;
      const both = featuresOf(concat([items, targets], { axis: 0 }));
      const width = both.shape[1]!;
      const ours = slice(both, { starts: [0, 0], ends: [n, width] });
      const theirs = slice(both, { starts: [n, 0], ends: [2 * n, width] });
      const off = sum(square(sub(ours, theirs)), { axes: [1] });
      return div(off, add(sum(square(theirs), { axes: [1] }), 1e-8));
    },
  };
}

/** Images [n, size] in the form that the model takes: size, channels and values. */
function prepared(
  images: Tensor,
  { input }: ExtractorManifest,
  { shape, range }: ImageForm,
): Tensor {
  const [n = 0] = images.shape;
  const whole = reshape(images, { shape: [n, ...shape] });
  const size = [input.height, input.width];
  const same = size.every((s, i) => s === shape[i + 1]);
  const fitted = same ? whole : resample(whole, { size, filter: input.resize });
  const repeats = shape[0] === 1 ? input.channels : 1;
  const coloured = repeats === 1 ? fitted : concat(Array(repeats).fill(fitted), { axis: 1 });
  const [low, high] = range;
  const affine = Array.from({ length: input.channels }, (_, c) => {
    const [avg, std] = [input.normalise?.mean[c] ?? 0, input.normalise?.std[c] ?? 1];
    const [black, white] = input.range ?? [(0 - avg) / std, (1 - avg) / std];
    const scale = (white - black) / (high - low);
    return { scale, offset: black - low * scale };
  });
  const plane = [1, input.channels, 1, 1];
  const scale = constant(
    affine.map((a) => a.scale),
    plane,
  );
  const offset = constant(
    affine.map((a) => a.offset),
    plane,
  );
  return add(mul(coloured, scale), offset);
}

/** Features [n, width]: of an output [n, tokens, width] the first token or the mean, as the record says. */
function taken(features: Tensor, { outputs }: ExtractorManifest): Tensor {
  const [n = 0, tokens = 1] = features.shape;
  const { take, width } = outputs.features;
  if (take === undefined) return reshape(features, { shape: [n, -1] });
  if (take === "mean") return mean(features, { axes: [1] });
  const first = slice(features, { starts: [0, 0, 0], ends: [n, Math.min(1, tokens), width] });
  return reshape(first, { shape: [n, width] });
}

/** A weighted sum of losses. */
export function weightedLoss(
  terms: readonly { readonly weight: number; readonly term: InversionLoss }[],
): InversionLoss {
  return {
    // Looked at after tracing: a term may only then know what it reads.
    get values() {
      return new Map(terms.flatMap(({ term }) => [...(term.values ?? [])]));
    },
    loss: (at) =>
      terms.map(({ weight, term }) => mul(term.loss(at), weight)).reduce((a, b) => add(a, b)),
  };
}

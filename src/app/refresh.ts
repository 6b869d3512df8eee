import { inputName } from "../engine/ir/leaves.ts";
import { toOnnx } from "../engine/onnx/model.ts";
import { program } from "../engine/program.ts";
import type { Value } from "../engine/run/provider.ts";
import { traceSampler } from "../train/sampler.ts";
import { type OpenRun, withSampler } from "./sample.ts";

export interface Refresh {
  /** Batches that statistics are taken of: batch norm forgets all but the last twenty or so; 50. */
  readonly batches?: number;
  readonly seed?: number;
}

/**
 * The run with what its generator's layers keep, such as the means and variances of batch norm, taken
 * anew of items that the averaged weights make. An average of the statistics of past weights, which is
 * kept otherwise, is not quite that of the averaged weights. Classes are taken in turn. The run itself
 * stays as it is, and both use one sampler. Brock, Donahue, Simonyan 2019, arXiv:1809.11096, appendix
 * C.1, "standing statistics".
 */
export async function refreshed(
  run: OpenRun,
  { batches = 50, seed = 0 }: Refresh = {},
): Promise<OpenRun> {
  const { game, variables, provider, sampler } = run;
  const { batch } = sampler;
  const { written } = traceSampler(game, variables, batch, { training: true });
  if (written.size === 0) return run;
  const names = [...written.keys()];
  const step = program(Object.fromEntries(names.map((n) => [`next/${n}`, written.get(n)!])));
  const session = await provider.create(toOnnx(step, { target: provider.target }));
  const fresh = new Map<string, Value>();
  const value = (name: string): Value => fresh.get(name) ?? run.value(name);
  const request = { seed, count: batches * batch };
  for (let i = 0; i < batches; i++) {
    const items = sampler.feeds(request, i * batch);
    const feeds = Object.fromEntries(
      step.inputs.map(
        (t) => [inputName(t)!, items[inputName(t)!] ?? value(inputName(t)!)] as const,
      ),
    );
    const results = await session.run(feeds);
    for (const name of names) fresh.set(name, results[`next/${name}`]!);
  }
  await session.dispose();
  return withSampler({ ...run, value }, sampler);
}

import type { Target } from "../onnx/emit.ts";
import { canaryError, requireRight } from "./canary.ts";
import type { Provider } from "./provider.ts";

/**
 * The channel block of this machine's `com.microsoft.nchwc` convolution kernels: 16 with AVX-512, 8
 * with AVX or NEON, 0 where they do not exist. A wrong block gives wrong numbers without an error.
 * Costs about 20 ms, once per process. Throws `PROVIDER_WRONG` where the plain kernels are wrong too.
 */
export async function probeNchwc(provider: (target: Target) => Provider): Promise<number> {
  cached ??= probe(provider);
  return cached;
}
let cached: Promise<number> | undefined;

async function probe(provider: (target: Target) => Provider): Promise<number> {
  for (const nchwcBlock of [16, 8]) {
    const tried = provider({ provider: "cpu", nchwcBlock });
    const error = await canaryError(tried).catch(() => Number.POSITIVE_INFINITY);
    if (error < 1e-3) return nchwcBlock;
  }
  await requireRight(provider({ provider: "cpu", nchwcBlock: 0 }));
  return 0;
}

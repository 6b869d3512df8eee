import { openProvider } from "../engine/run/devices.ts";
import { withHalves } from "../engine/run/halves.ts";
import type { Provider } from "../engine/run/provider.ts";
import type { RunConfig } from "./run-config.ts";

/** The device of a run, in its precision. Throws `DEVICE`, `PROVIDER_WRONG` or `PRECISION`. */
export async function providerFor(
  config: Pick<RunConfig, "device" | "threads" | "precision">,
): Promise<Provider> {
  const provider = await openProvider(config);
  return config.precision === "f16" ? withHalves(provider) : provider;
}

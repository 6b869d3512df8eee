import { GanymedeError } from "../core/errors.ts";
import { forecastMemory } from "../train/forecast.ts";
import { NormProbe, type PlayerNorms } from "../train/norms.ts";
import type { Trainer, TrainerOptions } from "../train/trainer.ts";
import { memoryLeft } from "./memory.ts";

/** Tells how large gradients and updates are; nothing where its graph does not fit beside the training. */
export interface NormTaker {
  take(): Promise<PlayerNorms | undefined>;
  dispose(): Promise<void>;
}

/** Compiles nothing until it is first asked. */
export function openNorms(options: TrainerOptions, trainer: Trainer): NormTaker {
  let probe: NormProbe | undefined;
  let isOff = false;
  return {
    async take() {
      if (isOff) return undefined;
      try {
        probe ??= new NormProbe(options, trainer);
        if (options.provider.target.provider === "cpu" && !fits(probe)) isOff = true;
        else return finite(await probe.take());
      } catch (error) {
        // A look must not end a training; but a device that is gone is gone for it as well.
        if (error instanceof GanymedeError && error.code === "DEVICE_LOST") throw error;
        isOff = true;
      }
      return undefined;
    },
    async dispose() {
      await probe?.dispose().catch(() => {});
    },
  };
}

function fits({ model }: NormProbe): boolean {
  const held = process.memoryUsage().rss;
  return forecastMemory(model, { stateBytes: 0, held }).processBytes <= held + memoryLeft(held);
}

/** JSON has no word for what is not finite. */
function finite(norms: PlayerNorms): PlayerNorms {
  const whole = Object.entries(norms).filter(([, n]) => Object.values(n).every(Number.isFinite));
  return Object.fromEntries(whole);
}

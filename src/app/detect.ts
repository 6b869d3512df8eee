import { catalog } from "../metrics/detectors/_catalog.ts";
import type { Observation } from "../metrics/detectors/detector.ts";
import type { Alarm, Finding } from "../train/examination.ts";

/** Every detector in turn. */
export function detect(seen: Observation): Finding {
  const gauges: Record<string, number> = {};
  const alarms: Alarm[] = [];
  for (const detector of Object.values(catalog)) {
    const sign = detector.watch(seen);
    Object.assign(gauges, sign.gauges);
    if (sign.alarm) alarms.push({ detector: detector.id, ...sign.alarm });
  }
  return { gauges, alarms };
}

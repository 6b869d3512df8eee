import { type Advice, healthyText, sideOf } from "../../../../src/core/healthy.ts";
import type { ReadingAbout } from "../../../../src/gan/game.ts";
import type { HealthRecord } from "../../../../src/train/run-folder.ts";
import { shortNumber } from "../../lib/curves.ts";

/** What there is to say of a training's health, the worst first. */
export interface Remark {
  readonly kind: "good" | "warn";
  readonly title: string;
  readonly text: string;
  readonly tryNext: readonly string[];
}

/** A reading in plain words, where it is known what is healthy. */
function remarkOf(name: string, about: ReadingAbout, value: number): Remark | undefined {
  const { healthy, unit = "", meaning } = about;
  if (!healthy) return undefined;
  const side = sideOf(healthy, value);
  const advice: Advice | undefined = side === "inside" ? undefined : healthy[side];
  const title = `${name} is ${shortNumber(value)} ${unit}`.trim();
  const range = healthyText(healthy);
  if (side === "inside") {
    return { kind: "good", title, text: `Healthy is ${range}: ${meaning}.`, tryNext: [] };
  }
  const text = `${side === "below" ? "Below" : "Above"} what is healthy, ${range}. ${advice?.text ?? meaning}`;
  return { kind: "warn", title, text, tryNext: advice?.tryNext ?? [] };
}

/** Alarms of the newest look, then readings that are not healthy, then those that are. */
export function remarksOf(
  readings: Readonly<Record<string, ReadingAbout>>,
  recent: Readonly<Record<string, number>>,
  look: HealthRecord | undefined,
): Remark[] {
  const alarms = (look?.alarms ?? []).map(
    ({ detector, text, tryNext }): Remark => ({ kind: "warn", title: detector, text, tryNext }),
  );
  const said = Object.entries(readings).flatMap(([name, about]) => {
    const value = recent[name];
    return (value === undefined ? undefined : remarkOf(name, about, value)) ?? [];
  });
  const isBad = ({ kind }: Remark) => kind === "warn";
  return [...alarms, ...said.filter(isBad), ...said.filter((r) => !isBad(r))];
}

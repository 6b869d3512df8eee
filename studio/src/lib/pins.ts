import type { Pin } from "../../../src/studio/routes/explore.ts";

export type { Pin };

/** A pin as it stands in an address: `5:12`, `5:12.3` as class 3, `@1a2b3c4d.3`. */
export const pinText = ({ item, label }: Pin): string =>
  label === undefined ? item : `${item}.${label}`;

/** The pin of a text; undefined for anything else. */
export function readPin(text: string): Pin | undefined {
  const found = /^(\d{1,15}:\d{1,9}|@[0-9a-f]{8})(?:\.(\d+))?$/.exec(text);
  if (!found) return undefined;
  return { item: found[1]!, ...(found[2] !== undefined && { label: Number(found[2]) }) };
}

export const readPins = (text = ""): Pin[] =>
  text.split(",").flatMap((part) => readPin(part) ?? []);

export const pinsText = (pins: readonly Pin[]): string | undefined =>
  pins.length === 0 ? undefined : pins.map(pinText).join(",");

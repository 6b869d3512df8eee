import type { NetLayers } from "../../../../src/studio/routes/understand.ts";
import { runFolder } from "../../lib/about.svelte.ts";
import { command } from "../../lib/commands.ts";
import { place } from "../../lib/place.svelte.ts";

export type Layer = NetLayers["layers"][number];
export type AttentionLayer = NetLayers["attention"][number];

/** What is done to one unit: it is multiplied, or set to a value. */
export interface Change {
  readonly unit: number;
  readonly mode: "times" | "set";
  readonly value: number;
}

/** A rectangle of the layer's map, in cells. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What the view shows, as its address says it. */
export interface Asked {
  readonly layer?: string | undefined;
  readonly seed: number;
  readonly item: number;
  readonly label?: number | undefined;
  readonly unit: number;
  readonly byEffect: boolean;
  readonly changes: readonly Change[];
  readonly region?: Region | undefined;
  /** The place whose attention is shown, row by row; the middle when absent. */
  readonly look?: number | undefined;
}

const whole = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;

/** `3x0,7x2.5,9=1.5`: unit 3 off, unit 7 times 2.5, unit 9 set to 1.5. */
function changesOf(text = ""): Change[] {
  return text.split(",").flatMap((part) => {
    const found = /^(\d{1,6})([x=])(-?\d+(?:\.\d+)?)$/.exec(part);
    if (!found) return [];
    const mode = found[2] === "x" ? "times" : "set";
    return [{ unit: Number(found[1]), mode, value: Number(found[3]) }];
  });
}

const textOf = (changes: readonly Change[]): string =>
  changes.map(({ unit, mode, value }) => `${unit}${mode === "set" ? "=" : "x"}${value}`).join();

function regionOf(text = ""): Region | undefined {
  const [left, top, width, height] = text.split(",").map(whole);
  if (left === undefined || top === undefined || !width || !height) return undefined;
  return { left, top, width, height };
}

export function readAsked(query: Readonly<Record<string, string>>): Asked {
  return {
    layer: query.layer,
    seed: whole(query.seed) ?? 0,
    item: whole(query.item) ?? 0,
    label: whole(query.class),
    unit: whole(query.unit) ?? 0,
    byEffect: query.order === "effect",
    changes: changesOf(query.change),
    region: regionOf(query.where),
    look: whole(query.look),
  };
}

/** Puts a part of what is shown into the address. */
export const show = {
  /** Another layer has other units. */
  layer: (layer: string) =>
    place.show({ layer, unit: undefined, change: undefined, where: undefined }),
  seed: (seed: number) => place.show({ seed: seed || undefined, item: undefined }),
  item: (item: number) => place.show({ item: item || undefined }),
  label: (label: number | undefined) => place.show({ class: label }),
  unit: (unit: number) => place.show({ unit: unit || undefined }),
  order: (byEffect: boolean) => place.show({ order: byEffect ? "effect" : undefined }),
  changes: (changes: readonly Change[]) => place.show({ change: textOf(changes) || undefined }),
  region: (region: Region | undefined) =>
    place.show({ where: region && [region.left, region.top, region.width, region.height].join() }),
  look: (look: number) => place.show({ look }),
};

/** Changes as the server understands them. */
export const sentChanges = (changes: readonly Change[], region: Region | undefined) =>
  changes.map(({ unit, mode, value }) => ({
    units: [unit],
    ...(mode === "set" ? { factor: 0, offset: value } : { factor: value }),
    ...(region && { where: region }),
  }));

export const shapeOf = ({ units, map }: Layer): string => [units, ...map].join("×");

/** The command that shows the same. */
export function commandOf(run: string, layer: string, asked: Asked): string {
  const { seed, item, label, changes, region } = asked;
  const of = (mode: Change["mode"]) =>
    changes.filter((c) => c.mode === mode && !(mode === "times" && c.value === 0));
  const off = changes.filter((c) => c.mode === "times" && c.value === 0).map((c) => c.unit);
  const listed = (list: readonly Change[]) =>
    list.map((c) => `${c.unit}:${c.value}`).join() || undefined;
  return command(["units", runFolder(run)], {
    layer,
    seed: seed || undefined,
    item: item || undefined,
    class: label,
    off: off.join() || undefined,
    times: listed(of("times")),
    set: listed(of("set")),
    where:
      region && changes.length > 0
        ? [region.left, region.top, region.width, region.height].join()
        : undefined,
  });
}

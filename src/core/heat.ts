import type { Colour } from "./png.ts";

/* Black is 0, so that what is bright is strong; orange and blue are told apart by everyone. */
const nothing: Colour = [14, 18, 22];
const above: readonly Colour[] = [nothing, [226, 116, 24], [255, 243, 214]];
const below: readonly Colour[] = [nothing, [42, 118, 214], [214, 238, 255]];

/** The colour, 0 … 255, of a value from −1 (pale blue) over 0 (black) to 1 (pale orange); clamped. */
export function heatColour(value: number): Colour {
  const ramp = value < 0 ? below : above;
  const at = Math.min(1, Math.abs(value)) * (ramp.length - 1);
  const first = Math.min(ramp.length - 2, Math.floor(at));
  const mix = (c: number) =>
    Math.round(ramp[first]![c]! + (at - first) * (ramp[first + 1]![c]! - ramp[first]![c]!));
  return [mix(0), mix(1), mix(2)];
}

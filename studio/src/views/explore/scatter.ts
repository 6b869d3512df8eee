import { windowAround } from "../../lib/pictures.ts";

export type Place = readonly [x: number, y: number];

/** Points of the plane as places in [−1, 1], y upwards. */
export function inPlane(data: Uint8Array | Float32Array): Place[] {
  const { x, y } = windowAround({ data });
  const along = (v: number, [low, high]: readonly [number, number]) =>
    (2 * (v - low)) / (high - low) - 1;
  return Array.from({ length: data.length / 2 }, (_, i) => [
    along(data[2 * i]!, x),
    along(data[2 * i + 1]!, y),
  ]);
}

/** The place nearest to a point of the plane. */
export function nearestPlace(places: readonly Place[], [x, y]: Place): number {
  let [best, least] = [-1, Infinity];
  places.forEach((p, i) => {
    const distance = Math.hypot(p[0] - x, p[1] - y);
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

/** Where an arrow key leads: the nearest place within 45° of its direction. */
export function nextPlace(places: readonly Place[], from: number, key: string): number | undefined {
  const ways: Record<string, Place> = {
    ArrowRight: [1, 0],
    ArrowLeft: [-1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  const way = ways[key];
  if (!way) return undefined;
  let [best, least] = [from, Infinity];
  places.forEach((p, i) => {
    const [dx, dy] = [p[0] - places[from]![0], p[1] - places[from]![1]];
    const along = dx * way[0] + dy * way[1];
    const distance = Math.hypot(dx, dy);
    if (i === from || along < distance * Math.SQRT1_2 || distance >= least) return;
    [best, least] = [i, distance];
  });
  return best;
}

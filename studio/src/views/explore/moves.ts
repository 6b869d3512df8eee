import type { DirectionsAbout } from "../../../../src/studio/routes/explore.ts";

/** How far a code was moved along each direction, as it stands in an address: `0*1.5,3*-2`. */
export type Moves = ReadonlyMap<number, number>;

export function readMoves(text = ""): Map<number, number> {
  const moves = new Map<number, number>();
  for (const part of text.split(",")) {
    const found = /^(\d{1,5})\*(-?\d+(?:\.\d+)?)$/.exec(part);
    if (found) moves.set(Number(found[1]), Number(found[2]));
  }
  return moves;
}

export function writeMoves(moves: Moves): string | undefined {
  const said = [...moves].filter(([, by]) => Math.abs(by) >= 0.005);
  if (said.length === 0) return undefined;
  return said.map(([k, by]) => `${k}*${Number(by.toFixed(2))}`).join(",");
}

/** The code moved along directions, or number by number. */
export function moved(
  { code, vectors }: Pick<DirectionsAbout, "code" | "vectors">,
  moves: Moves,
  byNumber: boolean,
): number[] {
  return code.map((v, i) => {
    if (byNumber) return v + (moves.get(i) ?? 0);
    let sum = v;
    for (const [k, by] of moves) sum += by * (vectors[k]?.[i] ?? 0);
    return sum;
  });
}

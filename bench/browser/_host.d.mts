import type { Timing } from "../_contender.ts";

interface Asked {
  readonly backend: string | null;
  readonly threads: number;
}

export function host(
  open: (asked: Asked) => Promise<{ readonly answer: (line: string) => Promise<Timing> }>,
): void;

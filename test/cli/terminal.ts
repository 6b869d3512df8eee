import pc from "picocolors";
import { main } from "../../src/cli/run.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

/** What one command printed, and its exit code. */
export interface Transcript {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** What stood on the rewritten line, in turn. */
  readonly live: readonly string[];
}

export interface Screen {
  readonly isLive?: boolean;
  readonly columns?: number;
  /** What the person there says when asked; nobody is there when absent. */
  readonly answer?: string;
}

/** Runs a command line in this process. */
export async function ganymede(argv: readonly string[], screen: Screen = {}): Promise<Transcript> {
  const printed = { out: "", err: "", live: [] as string[] };
  const terminal: Terminal = {
    out: (text) => {
      printed.out += `${text}\n`;
    },
    err: (text) => {
      printed.err += `${text}\n`;
    },
    live: (text) => printed.live.push(text),
    isLive: screen.isLive ?? false,
    columns: screen.columns ?? 100,
    colours: pc.createColors(false),
    self: "ganymede",
    ask: async () => screen.answer,
    onInterrupt: () => () => {},
  };
  const code = await main(argv, terminal);
  return { code, ...printed };
}

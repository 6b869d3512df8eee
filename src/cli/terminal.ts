import { basename, relative } from "node:path";
import { createInterface } from "node:readline/promises";
import pc from "picocolors";

/** Where a command writes, as far as it needs to know. */
export interface Terminal {
  /** A line of results. */
  out(text: string): void;
  /** A line about the work: errors, notes. */
  err(text: string): void;
  /** Replaces the last line; the next `out` stands in its place. Does nothing unless `isLive`. */
  live(text: string): void;
  /** Whether a person watches: one line is rewritten in place, colours are on. */
  readonly isLive: boolean;
  readonly columns: number;
  readonly colours: ReturnType<typeof pc.createColors>;
  /** How this process was called, so that printed commands can be pasted. */
  readonly self: string;
  /** The answer of the person at the terminal; undefined where nobody is there. */
  ask(question: string): Promise<string | undefined>;
  /** Calls `handle` on Ctrl-C and its kin until the returned function is called. */
  onInterrupt(handle: (signal: NodeJS.Signals) => void): () => void;
}

/** NO_COLOR (https://no-color.org) wins over FORCE_COLOR; without either, colours are for screens. */
export const usesColours = (env: NodeJS.ProcessEnv, isScreen: boolean): boolean =>
  !env.NO_COLOR && (isScreen || Boolean(env.FORCE_COLOR));

const clearLine = "\r\x1b[K";

export function processTerminal(): Terminal {
  let pending = false;
  const { stdout, stderr } = process;
  const clear = () => {
    if (pending) stdout.write(clearLine);
    pending = false;
  };
  // A reader that has gone away (| head) must not end a training run.
  for (const stream of [stdout, stderr]) stream.on("error", () => {});
  const isScreen = stdout.isTTY === true && process.env.TERM !== "dumb";
  return {
    out: (text) => {
      clear();
      stdout.write(`${text}\n`);
    },
    err: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
    live: (text) => {
      if (!isScreen) return;
      stdout.write(`${clearLine}${text}`);
      pending = true;
    },
    isLive: isScreen,
    get columns() {
      // A terminal that does not know its width says 0.
      return stdout.columns || 100;
    },
    // Errors must not take colours into a file: both streams have to be on the screen.
    colours: pc.createColors(usesColours(process.env, isScreen && stderr.isTTY === true)),
    self: selfName(),
    ask: (question) =>
      isScreen && process.stdin.isTTY ? askPerson(question) : Promise.resolve(undefined),
    onInterrupt,
  };
}

/** Ctrl-C and Ctrl-D are no answer either. */
async function askPerson(question: string): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await Promise.race([
      lines.question(question),
      new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined))),
    ]);
  } finally {
    lines.close();
  }
}

function selfName(): string {
  const script = process.argv[1] ?? "ganymede";
  const inside = relative(process.cwd(), script);
  const path = inside.startsWith("..") ? script : inside;
  if (path.endsWith(".ts")) return `npx tsx ${path}`;
  if (basename(script) !== "ganymede") return `node ${path}`;
  return process.env.npm_command === "exec" ? "npx ganymede" : "ganymede";
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function onInterrupt(handle: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}

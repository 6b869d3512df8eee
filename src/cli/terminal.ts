import { basename, relative } from "node:path";
import pc from "picocolors";

/** Where a command writes, as far as it needs to know. */
export interface Terminal {
  /** A line of results. */
  out(text: string): void;
  /** A line about the work: errors, notes. */
  err(text: string): void;
  /** Replaces the last line, where `isLive`; the next `out` starts below it. */
  live(text: string): void;
  /** Whether a person watches: one line is rewritten in place, colours are on. */
  readonly isLive: boolean;
  readonly columns: number;
  readonly colours: ReturnType<typeof pc.createColors>;
  /** How this process was called, so that printed commands can be pasted. */
  readonly self: string;
  /** Calls `handle` on Ctrl-C and its kin until the returned function is called. */
  onInterrupt(handle: (signal: NodeJS.Signals) => void): () => void;
}

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
      stdout.write(`${clearLine}${text}`);
      pending = true;
    },
    isLive: stdout.isTTY === true,
    get columns() {
      return stdout.columns ?? 100;
    },
    colours: pc.createColors(pc.isColorSupported && stdout.isTTY === true),
    self: selfName(),
    onInterrupt,
  };
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

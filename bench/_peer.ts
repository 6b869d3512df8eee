import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Contender, Request, Timing } from "./_contender.ts";

export interface PeerOptions {
  readonly slow?: boolean;
  /** Further words of each request. */
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds that an answer may take, building and warming up included. */
  readonly patience?: number;
}

/** The words of a request, as bench/peers/README.md describes them. */
export function lineOf({ step, count, size, make, seed }: Request, words: readonly string[] = []) {
  const numbers = [`batch=${size.batch}`, `width=${size.width}`, `seed=${seed ?? 0}`];
  return [step, count, ...(make ? ["make"] : []), ...words, ...numbers].join(" ");
}

/** Another library in a process of its own, asked over bench/peers' line protocol. */
export class Peer implements Contender {
  readonly name: string;
  readonly slow: boolean;
  private readonly options: PeerOptions;
  private readonly command: readonly string[];
  private child: ChildProcessWithoutNullStreams | undefined;
  private answers: AsyncIterator<string> | undefined;

  constructor(name: string, command: readonly string[], options: PeerOptions = {}) {
    this.name = name;
    this.slow = options.slow ?? false;
    this.command = command;
    this.options = options;
  }

  async time(request: Request): Promise<Timing> {
    const { words, patience = 300 } = this.options;
    const child = this.start();
    child.stdin.write(`${lineOf(request, words)}\n`);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, patience * 1000);
    const answer = await this.answers!.next();
    clearTimeout(timer);
    if (late) {
      this.child = undefined;
      return { cannot: `longer than ${patience} s` };
    }
    if (answer.done) throw new Error(`${this.name} ended without an answer`);
    return JSON.parse(answer.value) as Timing;
  }

  info(): unknown {
    const [file, ...args] = this.command;
    const env = { ...process.env, ...this.options.env };
    return JSON.parse(execFileSync(file!, [...args, "--info"], { env, encoding: "utf8" }));
  }

  async end(): Promise<void> {
    this.child?.stdin.end();
  }

  private start(): ChildProcessWithoutNullStreams {
    if (this.child) return this.child;
    const [file, ...args] = this.command;
    const env = { ...process.env, ...this.options.env };
    this.child = spawn(file!, args, { env });
    this.child.stderr.pipe(process.stderr);
    this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    return this.child;
  }
}

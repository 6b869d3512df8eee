import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What a peer answers: times, or why it cannot run the step. */
export interface Timing {
  readonly ms?: readonly number[];
  /** Where it is not 64. */
  readonly batch?: number;
  readonly cannot?: string;
}

export interface PeerOptions {
  readonly rounds: number;
  /** Steps per round. */
  readonly count: number;
  /** Further words of each request. */
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Another library in a process of its own, asked over bench/peers' line protocol. */
export class Peer {
  readonly name: string;
  readonly options: PeerOptions;
  private readonly command: readonly string[];
  private child: ChildProcessWithoutNullStreams | undefined;
  private answers: AsyncIterator<string> | undefined;

  constructor(name: string, command: readonly string[], options: PeerOptions) {
    this.name = name;
    this.command = command;
    this.options = options;
  }

  /** Times `count` steps; the first request also builds and warms up, untimed. */
  async time(step: string): Promise<Timing> {
    const { count, words = [] } = this.options;
    this.start().stdin.write(`${[step, count, ...words].join(" ")}\n`);
    const answer = await this.answers!.next();
    if (answer.done) throw new Error(`${this.name} ended without an answer`);
    return JSON.parse(answer.value) as Timing;
  }

  /** Versions and threads, as the peer reports them. */
  info(): unknown {
    const [file, ...args] = this.command;
    const env = { ...process.env, ...this.options.env };
    return JSON.parse(execFileSync(file!, [...args, "--info"], { env, encoding: "utf8" }));
  }

  end(): void {
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

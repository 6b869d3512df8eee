import type { Terminal } from "./terminal.ts";

/** A verb of the command line. */
export interface Command {
  /** One line for the list of commands. */
  readonly about: string;
  /** In commander's notation: `<run>`, `[system]`. */
  readonly arguments?: string;
  /** [flags in commander's notation, what they are]. */
  readonly options: readonly (readonly [flags: string, about: string])[];
  /** Takes flags of its own beside `options`, in `rest`: those of a system or a data source. */
  readonly open?: boolean;
  /** Shown below the help. */
  readonly more?: string;
  /** The exit code. */
  run(call: Call): Promise<number>;
}

export interface Call {
  readonly args: readonly (string | undefined)[];
  /** By camelCase name; true for a flag without a value. */
  readonly options: Readonly<Record<string, string | true | undefined>>;
  readonly rest: readonly string[];
  readonly terminal: Terminal;
}

import type { Terminal } from "./terminal.ts";

/** A verb of the command line. */
export interface Command {
  /** One line for the list of commands. */
  readonly about: string;
  /** In commander's notation: `<run>`, `[system]`. */
  readonly arguments?: string;
  /** [flags in commander's notation, what they are]. One line of help each: keep them short. */
  readonly options: readonly (readonly [flags: string, about: string])[];
  /** Takes flags of its own beside `options`, in `rest`: those of a system or a data source. */
  readonly open?: boolean;
  /** Command lines as a reader would paste them, after `ganymede`; 67 characters at most. */
  readonly examples: readonly [string, ...string[]];
  /** Paragraphs below the help, one a line. The whole of it fits a screen: 40 lines of 80 columns. */
  readonly more?: string;
  /** Verbs below this one, as `check` in `data check`. */
  readonly commands?: Readonly<Record<string, Command>>;
  /** The exit code: see `exitCodes`. */
  run(call: Call): Promise<number>;
}

export interface Call {
  readonly args: readonly (string | undefined)[];
  /** By camelCase name; true for a flag without a value, false for a --no-… one. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  readonly rest: readonly string[];
  readonly terminal: Terminal;
}

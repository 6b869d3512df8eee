import { tmpdir } from "node:os";
import { Command as Commander, CommanderError } from "commander";
import { keptFault } from "../app/crash-file.ts";
import { version } from "../app/version.ts";
import { GanymedeError, nearest } from "../core/errors.ts";
import type { Call, Command } from "./command.ts";
import { catalog } from "./commands/_catalog.ts";
import { errorText } from "./error-text.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { camel, unknownFlag } from "./flags.ts";
import { commandHelp, overview } from "./help.ts";
import type { Terminal } from "./terminal.ts";

const verbs = catalog as Record<string, () => Promise<Command>>;

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const isJson = argv.includes("--json");
  try {
    // A program reads along: nothing is rewritten in place, nothing is coloured.
    return await dispatch(argv, isJson ? { ...terminal, isLive: false, live: () => {} } : terminal);
  } catch (error) {
    const fault = keptFault(error, tmpdir());
    terminal.err(isJson ? JSON.stringify({ error: fault }) : errorText(fault, terminal));
    return exitCodeOf(fault.code);
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const asksForHelp = argv[0] === "help";
  const words = asksForHelp ? [...argv.slice(1), "--help"] : argv;
  const verb = words.find((word) => !word.startsWith("-"));
  if (verb !== undefined && !Object.hasOwn(verbs, verb)) {
    throw unknownVerb("command line", verb, Object.keys(verbs));
  }
  // The others are loaded only to be listed.
  const wanted = verb === undefined ? Object.keys(verbs) : [verb];
  const loaded = await Promise.all(
    wanted.map(async (name) => [name, await verbs[name]!()] as const),
  );
  const list = loaded.map(([name, { about }]) => [name, about] as const);
  const program = prepared(new Commander("ganymede"), "", terminal, () => overview(list, terminal));
  program.version(version);
  let code: number = exitCodes.ok;
  for (const [name, command] of loaded) {
    declare(program, name, command, terminal, async (chosen, call) => {
      code = await chosen.run({ ...call, terminal });
    });
  }
  try {
    await program.parseAsync(words.length === 0 ? ["--help"] : words, { from: "user" });
  } catch (error) {
    // Help and the version have been printed.
    if (!(error instanceof CommanderError)) throw error;
  }
  return code;
}

type Parsed = Omit<Call, "terminal">;

function declare(
  parent: Commander,
  path: string,
  command: Command,
  terminal: Terminal,
  run: (command: Command, call: Parsed) => Promise<void>,
): void {
  const name = path.split(" ").at(-1)!;
  const help = () => commandHelp(path, command, terminal);
  const sub = prepared(parent.command(name), path, terminal, help, command);
  const positional = command.arguments?.split(" ") ?? [];
  for (const argument of positional) sub.argument(argument);
  for (const [flags, about] of command.options) sub.option(flags, about);
  if (command.open) sub.allowUnknownOption().allowExcessArguments();
  sub.action(() => {
    // Flags that are not the command's own follow what stands before them, which may be nothing.
    const flag = sub.args.findIndex((word) => word.startsWith("--"));
    const end = Math.min(positional.length, flag < 0 ? sub.args.length : flag);
    const args = positional.map((_, i) => (i < end ? sub.args[i] : undefined));
    return run(command, { args, options: sub.opts(), rest: sub.args.slice(end) });
  });
  for (const [verb, below] of Object.entries(command.commands ?? {})) {
    declare(sub, `${path} ${verb}`, below, terminal, run);
  }
}

/** A command that prints our help and throws our errors. */
function prepared(
  command: Commander,
  path: string,
  terminal: Terminal,
  help: () => string,
  verb?: Command,
): Commander {
  command.helpInformation = help;
  // A flag after a verb is that verb's, also where the one above has a flag of this name.
  command.enablePositionalOptions();
  return command
    .helpCommand(false)
    .configureOutput({ writeOut: (s) => terminal.out(s.trimEnd()), writeErr: () => {} })
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usage(error, command, path, verb);
    });
}

function unknownVerb(where: string, verb: string, known: readonly string[]): GanymedeError {
  const close = nearest(verb, known);
  return new GanymedeError("UNKNOWN_COMMAND", {
    where,
    expected: `one of ${known.join(", ")}`,
    got: verb,
    fix: close === undefined ? "see ganymede --help" : `did you mean ${close}?`,
  });
}

/** Commander's complaint in our own form. */
function usage(
  error: CommanderError,
  command: Commander,
  path: string,
  { commands, arguments: positional = "" }: Pick<Command, "commands" | "arguments"> = {},
): GanymedeError {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.unknownOption") {
    const known = command.options.map((o) => camel(o.long?.slice(2) ?? ""));
    unknownFlag(path || "ganymede", camel(quoted.replace(/^-+/, "")), known);
  }
  if (error.code === "commander.excessArguments" && commands) {
    return unknownVerb(`ganymede ${path}`, command.args[0]!, Object.keys(commands));
  }
  return new GanymedeError("USAGE", {
    where: `ganymede ${path}`.trimEnd(),
    expected: ["ganymede", path, positional, "[options]"].filter(Boolean).join(" "),
    got: error.message.replace(/^error: /, ""),
    fix: `see ganymede ${path} --help`,
  });
}

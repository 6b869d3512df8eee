import { tmpdir } from "node:os";
import { Command as Commander, CommanderError } from "commander";
import { toFault } from "../app/faults.ts";
import { version } from "../app/version.ts";
import { GanymedeError, nearest } from "../core/errors.ts";
import type { Command } from "./command.ts";
import { catalog } from "./commands/_catalog.ts";
import { errorText } from "./error-text.ts";
import { camel, unknownFlag } from "./flags.ts";
import type { Terminal } from "./terminal.ts";

const verbs = catalog as Record<string, () => Promise<Command>>;

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    const fault = toFault(error, tmpdir());
    terminal.err(
      argv.includes("--json") ? JSON.stringify({ error: fault }) : errorText(fault, terminal),
    );
    return 1;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const verb = argv.find((word) => !word.startsWith("-"));
  if (verb !== undefined && verb !== "help" && !Object.hasOwn(verbs, verb)) throw unknownVerb(verb);
  // The others are loaded only to be listed.
  const wanted = verb === undefined || verb === "help" ? Object.keys(verbs) : [verb];
  let code = 0;
  const program = new Commander("ganymede")
    .description("Train, sample and export generative adversarial networks.")
    .version(version)
    .helpCommand("help [command]", "how a command is used")
    .exitOverride()
    .configureOutput({ writeOut: (s) => terminal.out(s.trimEnd()), writeErr: () => {} });
  for (const name of wanted) {
    const command = await verbs[name]!();
    declare(program, name, command, async (call) => {
      code = await command.run({ ...call, terminal });
    });
  }
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== "commander.help") throw usage(error, program, verb);
  }
  return code;
}

type Parsed = Omit<Parameters<Command["run"]>[0], "terminal">;

function declare(
  program: Commander,
  name: string,
  command: Command,
  run: (call: Parsed) => Promise<void>,
): void {
  const sub = program.command(name).description(command.about);
  const positional = command.arguments?.split(" ") ?? [];
  for (const argument of positional) sub.argument(argument);
  for (const [flags, about] of command.options) sub.option(flags, about);
  if (command.more) sub.addHelpText("after", `\n${command.more}`);
  if (command.open) sub.allowUnknownOption().allowExcessArguments();
  sub.action(() =>
    run({
      args: sub.args.slice(0, positional.length),
      options: sub.opts(),
      rest: sub.args.slice(positional.length),
    }),
  );
}

function unknownVerb(verb: string): GanymedeError {
  const known = Object.keys(verbs);
  const close = nearest(verb, known);
  return new GanymedeError("UNKNOWN_COMMAND", {
    where: "command line",
    expected: `one of ${known.join(", ")}`,
    got: verb,
    fix: close === undefined ? "see ganymede --help" : `did you mean ${close}?`,
  });
}

/** Commander's complaint in our own form. */
function usage(error: CommanderError, program: Commander, verb = ""): GanymedeError {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  const command = program.commands.find((c) => c.name() === verb) ?? program;
  if (error.code === "commander.unknownOption") {
    const known = command.options.map((o) => camel(o.long?.slice(2) ?? ""));
    unknownFlag(verb || "ganymede", camel(quoted.replace(/^-+/, "")), known);
  }
  return new GanymedeError("USAGE", {
    where: `ganymede ${verb}`.trimEnd(),
    expected: `ganymede ${verb} ${command.usage()}`,
    got: error.message.replace(/^error: /, ""),
    fix: `see ganymede ${verb} --help`,
  });
}

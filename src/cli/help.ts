import { version } from "../app/version.ts";
import type { Command } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";
import { table, wrap } from "./text.ts";

/** Wider lines are hard to read. */
const widest = 100;

const columnsOf = ({ columns }: Terminal): number => Math.min(columns, widest);

/** What `ganymede` alone prints. */
export function overview(
  commands: readonly (readonly [name: string, about: string])[],
  terminal: Terminal,
): string {
  const { colours, self } = terminal;
  const { ok, failure, usage, interrupted } = exitCodes;
  const columns = columnsOf(terminal);
  const codes = `${ok} done, ${failure} failed, ${usage} wrong usage, ${interrupted} interrupted`;
  return [
    `${colours.bold("ganymede")} ${version}: train, measure and use generative adversarial networks`,
    "",
    ...section("commands", table(commands, columns), terminal),
    ...section("example", `  ${self} train dcgan --preset first-light`, terminal),
    `${self} <command> --help has the options of a command.`,
    wrap(`Results go to stdout, messages to stderr. Exit codes: ${codes}.`, columns).join("\n"),
  ].join("\n");
}

/** What `ganymede <path> --help` prints. */
export function commandHelp(path: string, command: Command, terminal: Terminal): string {
  const { about, options, commands = {}, examples, more } = command;
  const { colours, self } = terminal;
  const columns = columnsOf(terminal);
  const usage = ["ganymede", path, command.arguments, "[options]"].filter(Boolean).join(" ");
  const verbs = Object.entries(commands).map(([name, c]) => [
    [name, c.arguments].filter(Boolean).join(" "),
    c.about,
  ]);
  const lines = examples.map((line) => `  ${self} ${line}`).join("\n");
  return [
    `${colours.bold(usage)}`,
    wrap(sentence(about), columns).join("\n"),
    "",
    ...(verbs.length > 0 ? section("commands", table(verbs, columns), terminal) : []),
    ...(options.length > 0 ? section("options", table(options, columns), terminal) : []),
    ...section(examples.length > 1 ? "examples" : "example", lines, terminal),
    ...(more === undefined ? [] : more.split("\n").flatMap((line) => wrap(line, columns))),
  ]
    .join("\n")
    .trimEnd();
}

const section = (title: string, body: string, { colours }: Terminal): string[] => [
  colours.bold(title),
  body,
  "",
];

const sentence = (about: string): string => `${about[0]!.toUpperCase()}${about.slice(1)}.`;

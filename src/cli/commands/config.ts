import { configJsonSchema } from "../../app/config-schema.ts";
import { GanymedeError } from "../../core/errors.ts";
import { writeAtomic } from "../../core/files.ts";
import type { Command } from "../command.ts";

const schema: Command = {
  about: "print the JSON Schema of configuration files, for editors",
  arguments: "[system]",
  options: [["--out <file>", "write it to a file instead"]],
  examples: ["config schema --out ganymede.schema.json", "config schema dcgan"],
  more: `Editors with the YAML language server complete and check a file that begins with
# yaml-language-server: $schema=ganymede.schema.json`,
  async run({ args, options, terminal }) {
    const text = JSON.stringify(await configJsonSchema(args[0]), null, 2);
    if (options.out === undefined) terminal.out(text);
    else {
      writeAtomic(String(options.out), `${text}\n`);
      terminal.err(`written: ${options.out}`);
    }
    return 0;
  },
};

export const config: Command = {
  about: "help with configuration files",
  options: [],
  examples: ["config schema --out ganymede.schema.json"],
  more: "A file says what `train` takes as flags: ganymede train --config <file>.",
  commands: { schema },
  async run() {
    throw new GanymedeError("USAGE", {
      where: "ganymede config",
      expected: "ganymede config schema [system]",
      got: "nothing to do",
      fix: "see ganymede config --help",
    });
  },
};

import { loadSource, sourceIds } from "../../app/config.ts";
import type { SourceDefinition } from "../../data/source.ts";
import type { Command } from "../command.ts";
import { check } from "../data-check.ts";
import { optionCells, optionRows } from "../options-table.ts";
import { table } from "../text.ts";

export const data: Command = {
  about: "list the data sources, or the options of one; check data of your own",
  arguments: "[source]",
  options: [["--json", "as JSON"]],
  examples: ["data", "data mnist", "data check photos/"],
  commands: { check },
  async run({ args, options, terminal }) {
    const wanted = args[0];
    const list = await Promise.all((wanted ? [wanted] : sourceIds()).map(loadSource));
    const { out, colours, columns } = terminal;
    if (options.json) {
      const records = list.map(record);
      out(JSON.stringify(wanted ? records[0] : records, null, 2));
    } else if (wanted) {
      const { id, description, options: shape } = list[0]!;
      out(`${colours.bold(id)}: ${description}\n`);
      out(table(optionCells(optionRows(shape, "data.")), columns));
    } else {
      out(
        table(
          list.map((s) => [s.id, s.description]),
          columns,
          0,
        ),
      );
      out(`\noptions of one: ${terminal.self} data ${list[0]!.id}`);
    }
    return 0;
  },
};

const record = ({ id, description, options }: SourceDefinition) => ({
  id,
  description,
  options: optionRows(options, "data."),
});

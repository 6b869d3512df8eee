import { loadSystem, systemIds } from "../../app/config.ts";
import type { System } from "../../gan/system.ts";
import type { Command } from "../command.ts";
import { optionCells, optionRows } from "../options-table.ts";
import type { Terminal } from "../terminal.ts";
import { grouped, table } from "../text.ts";

export const systems: Command = {
  about: "list the systems, or the options and presets of one",
  arguments: "[system]",
  options: [["--json", "as JSON"]],
  examples: ["systems", "systems dcgan"],
  async run({ args, options, terminal }) {
    const wanted = args[0];
    const list = await Promise.all((wanted ? [wanted] : systemIds()).map(loadSystem));
    if (options.json) {
      const records = list.map(record);
      terminal.out(JSON.stringify(wanted ? records[0] : records, null, 2));
    } else if (wanted) describe(list[0]!, terminal);
    else {
      const rows = list.map((s) => [s.id, s.data, presetNames(s), s.about]);
      terminal.out(
        table([["system", "data", "presets", "what is special"], ...rows], terminal.columns, 0),
      );
      terminal.out(`\noptions and presets of one: ${terminal.self} systems ${list[0]!.id}`);
    }
    return 0;
  },
};

const presetNames = ({ presets = {} }: System): string => Object.keys(presets).join(", ") || "-";

const record = ({ id, about, data, presets = {}, options }: System) => ({
  id,
  about,
  data,
  presets,
  options: optionRows(options),
});

function describe(system: System, { out, colours, columns, self }: Terminal): void {
  const { id, about, data, options, presets = {} } = system;
  out(`${colours.bold(id)}: ${about}\ndata unless you say otherwise: ${data}\n`);
  out(colours.bold("options"));
  out(table(optionCells(optionRows(options)), columns));
  const rows = Object.entries(presets).map(([name, preset]) => {
    const settings = Object.entries(preset.options).map(([k, v]) => `${k} ${v}`);
    return [name, `${preset.about}; ${grouped(preset.steps)} steps: ${settings.join(", ")}`];
  });
  if (rows.length > 0) out(`\n${colours.bold("presets")}\n${table(rows, columns)}`);
  const preset = rows[0] ? ` --preset ${rows[0][0]}` : "";
  out(`\n${self} train ${id}${preset}`);
}

import type { Asked } from "../../../../src/app/config.ts";
import type { FormAnswer } from "../../../../src/studio/routes/systems.ts";
import { outFlag } from "../../lib/about.svelte.ts";
import { quoted } from "../../lib/commands.ts";
import { type FormField, fieldsOf, nested, valueOfText } from "../../lib/schema.ts";

/** The three groups of options of a run, and how their fields stand in the address. */
export const groups = [
  { id: "options", title: "The system's options", prefix: "o." },
  { id: "dataOptions", title: "The data's options", prefix: "d." },
  { id: "settings", title: "Settings of the run", prefix: "s." },
] as const;

export type GroupId = (typeof groups)[number]["id"];

/** Fields of the form by group. */
export const formOf = (answer: FormAnswer): Record<GroupId, FormField[]> => ({
  options: fieldsOf(answer.options),
  dataOptions: fieldsOf(answer.dataOptions),
  settings: fieldsOf(answer.settings),
});

type Query = Readonly<Record<string, string>>;

/** What was filled in of a group, by option. */
function filled(fields: readonly FormField[], prefix: string, query: Query) {
  return fields.flatMap((field) => {
    const text = query[prefix + field.name];
    return text === undefined ? [] : [{ field, text }];
  });
}

/** What the form asks for: only what was filled in. */
export function askedBy(form: Record<GroupId, FormField[]>, query: Query): Asked {
  const [options, dataOptions, settings] = groups.map(({ id, prefix }) =>
    nested(
      Object.fromEntries(
        filled(form[id], prefix, query).map(({ field, text }) => [
          field.name,
          valueOfText(field, text),
        ]),
      ),
    ),
  );
  const { system = "", preset, data } = query;
  return {
    system,
    ...(preset && { preset }),
    ...(data && { data }),
    ...(Object.keys(options!).length > 0 && { options: options! }),
    ...(Object.keys(dataOptions!).length > 0 && { dataOptions: dataOptions! }),
    ...settings,
  };
}

/** Settings whose flags have other names. */
const flags: Readonly<Record<string, string>> = {
  "measure.metrics": "metrics",
  "measure.everyImages": "metrics-every",
  "measure.samples": "metrics-samples",
  "best.metric": "keep-best",
  "best.patience": "patience",
  "checkpoints.everySteps": "checkpoint-every",
  "checkpoints.last": "keep",
  "checkpoints.keepEverySteps": "keep-every",
  onNonFinite: "on-nonfinite",
};

const dashed = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

function flagOf(prefix: string, { field, text }: { field: FormField; text: string }): string {
  if (prefix !== "s.") {
    return `--${prefix === "d." ? "data." : ""}${dashed(field.name)} ${quoted(text)}`;
  }
  if (field.name === "health") return text === "false" ? "--no-health" : "";
  if (field.name === "tensorboard") return text === "true" ? "--tensorboard" : "";
  const value = valueOfText(field, text);
  const said = Array.isArray(value) ? value.join(",") : text;
  return `--${flags[field.name] ?? dashed(field.name)} ${quoted(said)}`;
}

/** The command that starts the same run. */
export function commandBy(form: Record<GroupId, FormField[]>, query: Query): string {
  const { system = "", preset, data, name } = query;
  const own = groups.flatMap(({ id, prefix }) =>
    filled(form[id], prefix, query).map((one) => flagOf(prefix, one)),
  );
  const named = { preset, data, name, out: outFlag() };
  const chosen = Object.entries(named).flatMap(([flag, value]) =>
    value ? [`--${flag} ${quoted(value)}`] : [],
  );
  return ["ganymede train", system, ...chosen, ...own].filter(Boolean).join(" ");
}

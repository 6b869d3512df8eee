import { z } from "zod";
import { buildGame, loadSystem, systemOptions } from "../../../../src/app/systems.ts";
import { GanymedeError } from "../../../../src/core/errors.ts";
import type { Field } from "../../../../src/data/source.ts";
import type { System } from "../../../../src/gan/system.ts";

/** An option of a system as a control. */
export interface Knob {
  readonly name: string;
  readonly about: string;
  /** What can be chosen; a number is typed in where there is nothing to choose from. */
  readonly choices?: readonly string[];
  /** Absent where the system decides by itself. */
  readonly value?: string;
}

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
}

/** The options of a system that are names or numbers, names first; choices that points cannot have are left out. */
export async function knobsOf(
  id: string,
  fields: Readonly<Record<string, Field>>,
): Promise<Knob[]> {
  const system = await loadSystem(id);
  const whole = z.toJSONSchema(z.object(system.options), { io: "input", unrepresentable: "any" });
  const properties = (whole.properties ?? {}) as Readonly<Record<string, Schema>>;
  const knobs = Object.entries(properties).flatMap(([name, schema]): Knob[] => {
    const choices = choicesOf(schema).filter((value) => fits(system, fields, { [name]: value }));
    const isNumber = schema.type === "number" || schema.type === "integer";
    if (choices.length === 0 && !isNumber) return [];
    const value = schema.default === undefined ? {} : { value: String(schema.default) };
    const about = schema.description ?? name;
    return [{ name, about, ...(choices.length > 0 && { choices }), ...value }];
  });
  return knobs.sort((a, b) => Number(!a.choices) - Number(!b.choices));
}

const choicesOf = ({ const: only, enum: values = [], anyOf = [] }: Schema): string[] => [
  ...(typeof only === "string" ? [only] : []),
  ...values.filter((v) => typeof v === "string"),
  ...anyOf.flatMap(choicesOf),
];

function fits(
  system: System,
  fields: Readonly<Record<string, Field>>,
  options: Readonly<Record<string, unknown>>,
): boolean {
  try {
    buildGame(system, { options: systemOptions(system, options), fields });
    return true;
  } catch (error) {
    if (error instanceof GanymedeError) return false;
    throw error;
  }
}

/** `generatorRate` as `generator rate`. */
export const labelOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The flag of an option at a terminal. */
export const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** As the system takes it: numbers are numbers. */
export const typedValue = ({ choices }: Knob, text: string): unknown =>
  choices ? text : Number(text);

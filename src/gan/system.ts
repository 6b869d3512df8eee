import { z } from "zod";
import { GanymedeError } from "../core/errors.ts";
import type { Field } from "../data/source.ts";
import type { Game } from "./game.ts";

/** What a system knows of its data while it is built. */
export interface DataInfo {
  readonly fields: Readonly<Record<string, Field>>;
}

/** A field that a system cannot do without. Throws `DATA_FIELD` when the data have none of that name. */
export function fieldOf({ fields }: DataInfo, name: string): Field {
  const field = fields[name];
  if (field) return field;
  throw new GanymedeError("DATA_FIELD", {
    where: "data",
    expected: `a field ${name}`,
    got: `data of ${Object.keys(fields).join(" and ")}`,
    fix: "choose other data or another system: see `ganymede data` and `ganymede systems`",
  });
}

/** The field that a system for images or points imitates: `image` where the data have one. */
export function imitated(data: DataInfo) {
  const isImage = "image" in data.fields;
  const field = isImage ? "image" : "point";
  return { isImage, field, item: fieldOf(data, field).shape };
}

/** A GAN as the literature names it: options, and how its parts make a game. */
export interface System<O extends z.ZodRawShape = z.ZodRawShape> {
  /** Kebab-case; also the file name and the command line's name. */
  readonly id: string;
  /** One line: what is special about it. */
  readonly about: string;
  /** Everything the paper fixed, batch size too, with defaults and descriptions. */
  readonly options: O;
  /** Data source that a run uses when none is named. */
  readonly data: string;
  /** Named sets of options. */
  readonly presets?: Readonly<Record<string, Preset<O>>>;
  /** Sizes at which tests train it in a second. */
  readonly tiny: Partial<z.input<z.ZodObject<O>>>;
  /** Ticks per call of the runtime; more hide its launch cost and delay readings. */
  readonly chunk: number;
  build(options: z.output<z.ZodObject<O>>, data: DataInfo): Game;
}

export interface Preset<O extends z.ZodRawShape> {
  readonly about: string;
  readonly options: Partial<z.input<z.ZodObject<O>>>;
  readonly steps: number;
  /** Ends a run on a slow machine before its steps are done. */
  readonly minutes?: number;
  /** The data that it was made for, and their options; the system's own when absent. */
  readonly data?: { readonly source: string; readonly options?: Readonly<Record<string, unknown>> };
}

/** Keeps the option types of a declaration. */
export const defineSystem = <O extends z.ZodRawShape>(system: System<O>): System<O> => system;

/** Positive whole numbers, fractions and rates: the option types that systems share. */
export const count = (initial: number, about: string) =>
  z.int().min(1).default(initial).describe(about);

export const positive = (initial: number, about: string) =>
  z.number().positive().default(initial).describe(about);

export const fraction = (initial: number, about: string) =>
  z.number().min(0).max(1).default(initial).describe(about);

/** For systems whose average must forget early weights: `average`'s ramp. */
export const averageRamp = z
  .number()
  .positive()
  .optional()
  .describe("most that the half-life is of the items shown so far; no such bound when absent");

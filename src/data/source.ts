import type { z } from "zod";
import { type OptionInput, type OptionValues, parseOptions } from "../core/options.ts";

/** One named part of an item: an image, a label, a point. */
export interface Field {
  /** Of one item, e.g. [1, 28, 28]; [] for a single number. */
  readonly shape: readonly number[];
  /** How batches hold it. i32 is for classes and other whole numbers, which are never scaled. */
  readonly dtype: "u8" | "f32" | "i32";
  /** What networks see = raw·scale + offset, e.g. 2/255 and -1 for pixels in [-1, 1]. */
  readonly scale: number;
  readonly offset: number;
  /** Names of the values 0, 1, …: of a label, or of the symbols of a text. */
  readonly classes?: readonly string[];
  /** Names of labels that an item may have several of: raw 1 where it has one, 0 where not. */
  readonly labels?: readonly string[];
  /** What the numbers of a row of a table stand for. */
  readonly columns?: readonly TableColumn[];
}

/** A column of a table, and where in a row of numbers it is. */
export type TableColumn = NumberColumn | CategoryColumn;

export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  /** Place of (value − mean)/deviation; 0 where the value is missing. */
  readonly at: number;
  readonly mean: number;
  readonly deviation: number;
  /** Digits behind the point that the data have at most; 0 for whole numbers. */
  readonly digits: number;
  readonly low: number;
  readonly high: number;
  /** Place of a 1 where the value is missing; absent where none ever is. */
  readonly missingAt?: number;
}

/** 1 at the place of its value, `at` + its index, 0 at the others'. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  readonly at: number;
  readonly values: readonly string[];
}

/** Whether a field says of which class an item is; a text has names for its numbers too. */
export const isLabel = ({ shape, classes }: Field): boolean => shape.length === 0 && !!classes;

/** Names of the classes of the first field that has some. */
export const classesOf = (fields: Readonly<Record<string, Field>>): readonly string[] | undefined =>
  Object.values(fields).find(isLabel)?.classes;

export type ItemArray = Uint8Array | Float32Array | Int32Array;

/** Field name → raw values of all items, [count, ...shape]. */
export type Batch = Readonly<Record<string, ItemArray>>;

/** The true distribution, where it is known: equal parts of isotropic Gaussians. */
export interface Oracle {
  /** The field that it describes. */
  readonly field: string;
  /** Centres, in the field's raw units. */
  readonly modes: readonly (readonly number[])[];
  /** Standard deviation along each axis, in raw units. */
  readonly sigma: number;
}

export interface Source {
  readonly id: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Items; Infinity for a distribution. */
  readonly size: number;
  /**
   * The `count` items from position `start` on of an endless stream that `seed` orders. Finite data
   * are reshuffled each epoch: position = epoch·size + index. So the number of images seen is the
   * whole data cursor, and batches of any size cut the same stream.
   *
   * A pure function of its arguments, in arrays of the caller's own.
   *
   * @param start integer ≥ 0
   * @param count integer ≥ 0
   */
  batch(start: number, count: number, seed: number): Batch;
  readonly about: { readonly title: string; readonly credit: string; readonly licence: string };
  readonly oracle?: Oracle;
  /** Opens items of the same kind that are no part of these: to see what was learnt by heart. */
  readonly heldOut?: () => Source;
  /** The `count` items from the one numbered `start` on as they lie, without chance; finite data have it. */
  inOrder?(start: number, count: number): Batch;
  /** Of data that were made from files of the user's own. */
  readonly files?: FileFacts;
}

/** A file that cannot be used, and why, in a few words. */
export interface Refusal {
  readonly name: string;
  readonly reason: string;
}

/** What is known of the files that data were made from. */
export interface FileFacts {
  /** All that were looked at, good and bad. */
  readonly count: number;
  readonly refused: readonly Refusal[];
  /** Of each item, in the order of `inOrder`. */
  readonly names: readonly string[];
  /** Reads the heads of the files: how often each size, format, … occurs, by the name of the fact. */
  look(): Promise<Readonly<Record<string, ReadonlyMap<string, number>>>>;
}

/** Who is told what an opening does that takes time, or that it leaves something out. */
export interface Opening {
  /** `what` is a noun phrase; `total` where it is known; both in the same unit. */
  readonly onProgress?: (what: string, done: number, total: number | undefined) => void;
  /** One sentence: what was left out or assumed. */
  readonly onWarning?: (text: string) => void;
}

/** What `open` gives: data that must be decoded or fetched first are a promise. */
export type Opened = Source | Promise<Source>;

/** What a path that a user named leads to. */
export interface FoundPath {
  /** Absolute. */
  readonly path: string;
  readonly isFolder: boolean;
  /** The file itself, or some of the folder's files, named from there. */
  readonly names: readonly string[];
  /** Of those names, in lower case with the dot. */
  readonly extensions: ReadonlySet<string>;
}

/** A data source as the catalogue lists it. */
export interface SourceDefinition<
  S extends z.ZodRawShape = z.ZodRawShape,
  R extends Opened = Opened,
> {
  /** Kebab-case; also the file name and the command line's name. */
  readonly id: string;
  /** One line: what the data are. */
  readonly description: string;
  readonly options: S;
  /**
   * @throws GanymedeError UNKNOWN_OPTION or OPTION for wrong options, DATA_* when the data cannot be
   *   read; a promise rejects with the latter
   */
  open(options?: OptionInput<S>, opening?: Opening): R;
  /** The options that read what was found, where it is of this source's kind and of no other's. */
  claim?(found: FoundPath): OptionInput<S> | undefined;
}

/** A declaration whose `open` gets checked options with their defaults filled in. */
export function defineSource<const S extends z.ZodRawShape, R extends Opened>(declaration: {
  readonly id: string;
  readonly description: string;
  readonly options: S;
  open(options: OptionValues<S>, opening: Opening): R;
  claim?(found: FoundPath): OptionInput<S> | undefined;
}): SourceDefinition<S, R extends Source ? Source : Promise<Source>> {
  const { id, options } = declaration;
  return {
    ...declaration,
    open: (raw, opening = {}) =>
      declaration.open(parseOptions(`data ${id}`, options, raw), opening) as never,
  };
}

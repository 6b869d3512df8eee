import type { Field } from "../data/source.ts";
import type { CodeLayout } from "../train/codes.ts";

/** What the page is told of its generator, as JSON within it. */
export interface PageAbout {
  readonly title: string;
  readonly system: string;
  readonly step: number;
  readonly layout: CodeLayout;
  /** Of the model: the order in which it is fed does not matter. */
  readonly inputs: readonly string[];
  readonly output: string;
  readonly field: Field;
  readonly classes: readonly string[];
  /** Items of one call of the run: codes are drawn by so many. */
  readonly block: number;
  /** Whether the model takes any number of items; else one at a time. */
  readonly dynamicBatch: boolean;
  readonly data: { readonly title: string; readonly credit: string; readonly licence: string };
}

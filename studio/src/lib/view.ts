import type { Component } from "svelte";

interface Described {
  /** In the address. */
  readonly id: string;
  readonly title: string;
  /** One line below the title. */
  readonly about: string;
  /** Lower stands first. */
  readonly order: number;
}

/** A view of the studio stands in the side bar. */
export interface StudioView extends Described {
  readonly scope: "studio";
  /** Loaded when it is first shown. */
  readonly load: () => Promise<{ default: Component<Record<string, never>> }>;
}

/** A view of a run stands in its tabs, and gets its name. */
export interface RunView extends Described {
  readonly scope: "run";
  readonly load: () => Promise<{ default: Component<{ run: string }> }>;
}

/** One view of the page: a folder of `views` with a `view.ts` that exports `view`. */
export type View = StudioView | RunView;

const found = import.meta.glob<{ view: View }>("../views/*/view.ts", { eager: true });

/** All views, in their order. */
export const views: readonly View[] = Object.values(found)
  .map(({ view }) => view)
  .sort((a, b) => a.order - b.order);

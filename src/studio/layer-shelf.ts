import { type OpenAttention, openAttention } from "../app/net-weights.ts";
import type { OpenRun } from "../app/sample.ts";
import { type OpenLayer, openLayer } from "../app/unit-layer.ts";
import type { Bench } from "./job.ts";

/** Sessions that stay open: a layer, the one it is compared with, an attention. */
const keptOpen = 3;
/** Rankings of units, a few kilobytes each. */
const keptResults = 32;
/** Items of a call. One is mostly looked at, and rankings take many. */
const batch = 8;

/** The layers of an open run that were looked at last, each compiled once, and what was found there. */
export class LayerShelf {
  private readonly run: OpenRun;
  private readonly opened = new Map<string, OpenLayer | OpenAttention>();
  private readonly results = new Map<string, unknown>();

  constructor(run: OpenRun) {
    this.run = run;
  }

  layer(name: string): Promise<OpenLayer> {
    return this.get(name, () => openLayer(this.run, name, batch));
  }

  attention(name: string): Promise<OpenAttention> {
    return this.get(`attention ${name}`, () => openAttention(this.run, name, 1));
  }

  /** What is found under a name, found once. */
  async result<T>(name: string, find: () => Promise<T>): Promise<T> {
    if (!this.results.has(name)) this.results.set(name, await find());
    for (const old of [...this.results.keys()].slice(0, -keptResults)) this.results.delete(old);
    return this.results.get(name) as T;
  }

  async dispose(): Promise<void> {
    for (const open of this.opened.values()) await open.dispose();
    this.opened.clear();
  }

  /** A name stands for one kind of thing; the one used last is at the end. */
  private async get<T extends OpenLayer | OpenAttention>(name: string, make: () => T): Promise<T> {
    const found = (this.opened.get(name) as T | undefined) ?? make();
    this.opened.delete(name);
    this.opened.set(name, found);
    for (const old of [...this.opened.keys()].slice(0, -keptOpen)) {
      const open = this.opened.get(old);
      this.opened.delete(old);
      await open?.dispose();
    }
    return found;
  }
}

/** The shelf of a run, which is cleared when the run is closed. */
export const shelfOf = (bench: Bench, run: OpenRun): Promise<LayerShelf> =>
  bench.kept(run, "layers", async () => new LayerShelf(run));

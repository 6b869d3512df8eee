import { Resource } from "./resource.svelte.ts";

type Make<T> = (signal: AbortSignal) => Promise<T>;

/**
 * A resource that is asked for again and again, as by a slider: one question at a time, and after it
 * the newest of those that came meanwhile, so that the server is never flooded.
 */
export class Live<T> extends Resource<T> {
  private busy = false;
  private newest: Make<T> | undefined;

  override async load(make: Make<T>): Promise<void> {
    this.newest = make;
    if (this.busy) return;
    this.busy = true;
    for (;;) {
      const next: Make<T> | undefined = this.newest;
      if (!next) break;
      this.newest = undefined;
      await super.load(next);
    }
    this.busy = false;
  }
}

/** What a panel shows: nothing yet, an error, or a value, which stays while a newer one is loaded. */
export class Resource<T> {
  value = $state.raw<T>();
  error = $state.raw<Error>();
  loading = $state(false);
  private ended: AbortController | undefined;

  /** Loads a value; an answer that comes after a later question is dropped. */
  async load(make: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.ended?.abort();
    const own = new AbortController();
    this.ended = own;
    this.loading = true;
    try {
      const value = await make(own.signal);
      if (own.signal.aborted) return;
      this.value = value;
      this.error = undefined;
    } catch (error) {
      if (!own.signal.aborted)
        this.error = error instanceof Error ? error : new Error(String(error));
    } finally {
      if (this.ended === own) this.loading = false;
    }
  }
}

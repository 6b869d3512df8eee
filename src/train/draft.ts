import type { Value } from "../engine/run/provider.ts";

/** The state that a call leaves behind, until it is known to be sound; the state before it stays. */
export class Draft {
  private readonly values = new Map<string, Value>();
  private readonly before: (name: string) => Value;

  /** @param before the value of a variable that no tick of this draft has changed */
  constructor(before: (name: string) => Value) {
    this.before = before;
  }

  get(name: string): Value {
    return this.values.get(name) ?? this.before(name);
  }

  /** Takes a new value in; one that the draft itself held is disposed of. */
  set(name: string, value: Value): void {
    this.values.get(name)?.dispose();
    this.values.set(name, value);
  }

  /** The changed values take the place of those in `state`. */
  replace(state: Map<string, Value>): void {
    for (const [name, value] of this.values) {
      state.get(name)?.dispose();
      state.set(name, value);
    }
  }

  dispose(): void {
    for (const value of this.values.values()) value.dispose();
  }
}

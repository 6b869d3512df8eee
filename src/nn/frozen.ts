import { GanymedeError } from "../core/errors.ts";
import { stopGradient } from "../engine/autodiff/stop-gradient.ts";
import type { Net } from "./module.ts";
import type { Scope } from "./trace.ts";

/**
 * `net` whose parts called `parts` no longer learn: their parameters are data to every gradient, so an
 * optimiser without weight decay leaves them as they are. Statistics that they keep still follow. A
 * part is a path below the net: `down0`, `down0.conv1`. Throws `GAME` when the net has no such part.
 *
 * FreezeD holds a discriminator's first layers while it learns from other data. Mo, Cho, Shin 2020,
 * arXiv:2002.10964.
 */
export const frozen =
  <I, O>(net: Net<I, O>, parts: readonly string[]): Net<I, O> =>
  (x, scope) => {
    const found = new Set<string>();
    const y = net(x, holding(scope, `${scope.path}.`, { parts, found }));
    const missing = parts.find((part) => !found.has(part));
    if (missing === undefined) return y;
    throw new GanymedeError("GAME", {
      where: `frozen parts of ${scope.path}`,
      expected: "parts that the net has",
      got: missing,
      fix: "name parts as the parameters in a checkpoint are named, without the net's own name",
    });
  };

interface Held {
  readonly parts: readonly string[];
  /** Those that turned out to have parameters. */
  readonly found: Set<string>;
}

/** The scope, with parameters of the held parts as data. */
function holding(scope: Scope, root: string, held: Held): Scope {
  return {
    ...scope,
    child: (name) => holding(scope.child(name), root, held),
    parameter(name, shape, init) {
      const value = scope.parameter(name, shape, init);
      const path = `${scope.path}.${name}`.slice(root.length);
      const part = held.parts.find((p) => path === p || path.startsWith(`${p}.`));
      if (part === undefined) return value;
      held.found.add(part);
      return stopGradient(value);
    },
  };
}

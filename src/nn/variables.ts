import { GanymedeError } from "../core/errors.ts";
import { type RandomStream, stream } from "../core/random.ts";
import { type Shape, sameShape } from "../engine/ir/type.ts";

/** First values of a variable: a pure function of its own random stream and its shape. */
export type Initialiser = (random: RandomStream, shape: Shape) => Float32Array;

/**
 * Parameters are what an optimiser may move; state is everything else that lasts from step to step:
 * running statistics, power-iteration vectors, moments, averages, counters.
 */
export type Role = "parameter" | "state";

export interface Variable {
  /** Stable and dotted: `g.stage0.conv.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly role: Role;
  readonly init: Initialiser;
  /** The variable whose first value this one shares: averages begin where parameters do. */
  readonly like?: string;
  /** An average of the net takes the latest value: a mean of directions, say, is none. */
  readonly latest?: boolean;
}

/** All variables of a model by name. They come to be when a trace first asks for them. */
export class Variables {
  private readonly byName = new Map<string, Variable>();

  /** Registers `v`, or returns the one already known by its name. Throws `SHAPE` if they differ. */
  declare(v: Variable): Variable {
    const known = this.byName.get(v.name);
    if (!known) {
      this.byName.set(v.name, v);
      return v;
    }
    if (!sameShape(known.shape, v.shape) || known.role !== v.role) {
      throw new GanymedeError("SHAPE", {
        where: v.name,
        expected: `the ${known.role} [${known.shape}] that an earlier use declared`,
        got: `a ${v.role} [${v.shape}]`,
        fix: "give the two layers different names, or apply them to inputs of one shape",
      });
    }
    return known;
  }

  get(name: string): Variable | undefined {
    return this.byName.get(name);
  }

  all(): Variable[] {
    return [...this.byName.values()];
  }

  /** Parameters and state of the module called `name`. */
  of(name: string): Variable[] {
    return this.all().filter((v) => v.name.startsWith(`${name}.`));
  }

  /** First values: each depends on the seed and the variable's own name only, not on the others. */
  initialValue(name: string, seed: number): Float32Array {
    const { init, shape, like } = this.byName.get(name)!;
    return init(stream(seed, `init ${like ?? name}`), shape);
  }
}

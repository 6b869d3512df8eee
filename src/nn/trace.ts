import { stopGradient } from "../engine/autodiff/stop-gradient.ts";
import { input } from "../engine/ir/leaves.ts";
import type { Tensor } from "../engine/ir/tensor.ts";
import type { Shape } from "../engine/ir/type.ts";
import { randomUniform } from "../engine/ops/index.ts";
import type { Initialiser, Role, Variable, Variables } from "./variables.ts";

/** A value that lasts from step to step, as a layer or a term sees it while tracing. */
export interface State {
  /** The latest value: what the trace wrote last, or what the step began with. */
  read(): Tensor;
  write(next: Tensor): void;
}

/**
 * Where a layer asks for what it needs. Layers are plain functions of (input, scope): applied twice
 * under one name they share parameters.
 */
export interface Scope {
  /** Dotted path of this scope: `g.stage0`. */
  readonly path: string;
  /** Whether normalisation uses batch statistics, dropout drops, and state is updated. */
  readonly training: boolean;
  parameter(name: string, shape: Shape, init: Initialiser): Tensor;
  /** `latest`: averages of the net take the latest value, not a mean of what was. */
  state(name: string, shape: Shape, init: Initialiser, kind?: Pick<Variable, "latest">): State;
  child(name: string): Scope;
  /** Uniform noise in (0, 1), new at each step and at each call; large noise is made in the graph. */
  uniform(shape: Shape): Tensor;
}

export interface TraceOptions {
  readonly training: boolean;
  /** Which variable stands for the one asked for: sampling reads averages in place of parameters. */
  readonly substitute?: (name: string) => string;
}

/**
 * The values of all variables along one trace. Reading a variable that was not yet written gives a
 * graph input of its name; after a write, later reads see the new value, as in a program.
 */
export class Trace {
  readonly training: boolean;
  private readonly variables: Variables;
  private readonly substitute: (name: string) => string;
  private readonly values = new Map<string, Tensor>();
  private readonly writes = new Map<string, Tensor>();
  private key: Tensor | undefined;
  private draws = 0;

  constructor(variables: Variables, { training, substitute }: TraceOptions) {
    this.variables = variables;
    this.training = training;
    this.substitute = substitute ?? ((name) => name);
  }

  /** From here on, in-graph noise is keyed by `key`, an i32 scalar that is new at each step. */
  useKey(key: Tensor): void {
    this.key = key;
    this.draws = 0;
  }

  read(name: string): Tensor {
    const known = this.values.get(name);
    if (known) return known;
    const leaf = input(name, this.variables.get(name)!.shape);
    this.values.set(name, leaf);
    return leaf;
  }

  /** Later readers see the new value as data: no gradient flows back through an update. */
  write(name: string, next: Tensor): void {
    const value = stopGradient(next);
    this.values.set(name, value);
    this.writes.set(name, value);
  }

  /** What the step leaves behind: the last value written to each variable. */
  written(): ReadonlyMap<string, Tensor> {
    return this.writes;
  }

  /** Declares a variable and returns access to it. */
  variable(
    role: Role,
    asked: string,
    shape: Shape,
    init: Initialiser,
    kind?: Pick<Variable, "latest">,
  ): State {
    this.variables.declare({ name: asked, shape, role, init, ...kind });
    const name = this.substitute(asked);
    if (name !== asked) this.variables.declare({ name, shape, role: "state", init, like: asked });
    return { read: () => this.read(name), write: (next) => this.write(name, next) };
  }

  /** Where a module traced under `path` finds its variables; `instead` holds parameters by full name. */
  scope(path: string, instead: Readonly<Record<string, Tensor>> = {}): Scope {
    return {
      path,
      training: this.training,
      parameter: (name, shape, init) => {
        const own = this.variable("parameter", `${path}.${name}`, shape, init);
        return instead[`${path}.${name}`] ?? own.read();
      },
      state: (name, shape, init, kind) =>
        this.variable("state", `${path}.${name}`, shape, init, kind),
      child: (name) => this.scope(`${path}.${name}`, instead),
      uniform: (shape) => this.uniform(shape),
    };
  }

  private uniform(shape: Shape): Tensor {
    this.key ??= input("key", [], "i32");
    return randomUniform(this.key, { shape, stream: this.draws++ });
  }
}

import { GanymedeError } from "../core/errors.ts";
import { inputName } from "./ir/leaves.ts";
import { ancestors, type Tensor } from "./ir/tensor.ts";
import { autocast, type Precision } from "./passes/autocast.ts";
import { optimise } from "./passes/optimise.ts";

/** A pure function of named inputs to named outputs, ready to be lowered or interpreted. */
export interface Program {
  /** The inputs that the outputs depend on, in order of creation. */
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

export interface ProgramOptions {
  /** With `f16`, float16 where `autocast` puts it; f32 throughout when absent. */
  readonly precision?: Precision;
}

/**
 * Closes a trace over its outputs: simplifies it, drops what nobody needs, lists the inputs.
 * Throws `DUPLICATE_INPUT` when two different inputs share a name.
 */
export function program(
  outputs: Readonly<Record<string, Tensor>>,
  { precision = "f32" }: ProgramOptions = {},
): Program {
  const names = Object.keys(outputs);
  const simplified = optimise(Object.values(outputs));
  const optimised = precision === "f16" ? optimise(autocast(simplified)) : simplified;
  const inputs = ancestors(optimised).filter((t) => inputName(t) !== undefined);
  const seen = new Set<string>();
  for (const t of inputs) {
    const name = inputName(t)!;
    if (seen.has(name)) {
      throw new GanymedeError("DUPLICATE_INPUT", {
        where: `input ${name}`,
        expected: "one input of each name in a program",
        got: "two",
        fix: "reuse the tensor that the first call of input() returned",
      });
    }
    seen.add(name);
  }
  return { inputs, outputs: Object.fromEntries(names.map((n, i) => [n, optimised[i]!])) };
}

import type { AnyRecord } from "../../src/engine/ir/op.ts";
import { records } from "../../src/engine/ops/_registry.ts";
import type { Provider } from "../../src/engine/run/provider.ts";
import { type Case, outputErrors, providerError, trace } from "../contracts/op.ts";
import { systemNames, systemParity } from "./_systems.ts";

/*
 * Does a provider compute what the float64 reference does? Nothing here belongs to Node, so that a
 * page in a browser can run it too.
 */

/** How far a provider was from the reference in one operator or system. */
export interface Agreement {
  /** What was compared: cases of an operator; values that last and readings of a system. */
  readonly cases: number;
  /** The largest error, relative to the scale of what it is in. */
  readonly error: number;
  /** The largest error that its cases allow. */
  readonly tolerance: number;
  /** One line for each case beyond its tolerance, or that did not run. */
  readonly failures: readonly string[];
}

/** Plain JSON. */
export interface ParityReport {
  /** `node-cpu`, `node-webgpu`, `web-wasm`… */
  readonly provider: string;
  /** The runtime's package and version. */
  readonly runtime: string;
  /** Operator → every case of its record, with its first and second derivatives. */
  readonly operators: Readonly<Record<string, Agreement>>;
  /** System → what two ticks at its tiny size leave behind. */
  readonly systems: Readonly<Record<string, Agreement>>;
}

/** What to run; everything when absent. */
export interface ParityRequest {
  readonly operators?: readonly string[];
  readonly systems?: readonly string[];
  /** Called with the name of each operator and system when it is done. */
  readonly onDone?: (name: string, agreement: Agreement) => void;
}

/** Everything that there is to ask for. */
export const parityNames = {
  operators: records.map((r) => r.name),
  systems: systemNames,
} as const;

/** Never throws for what the provider does wrong: it is told in the report. */
export async function parity(
  provider: Provider,
  { operators = parityNames.operators, systems = parityNames.systems, onDone }: ParityRequest = {},
): Promise<ParityReport> {
  const report = {
    provider: provider.id,
    runtime: provider.runtime,
    operators: {} as Record<string, Agreement>,
    systems: {} as Record<string, Agreement>,
  };
  for (const record of records.filter((r) => operators.includes(r.name))) {
    const agreement = await operatorParity(record, provider);
    report.operators[record.name] = agreement;
    onDone?.(record.name, agreement);
  }
  for (const name of systemNames.filter((s) => systems.includes(s))) {
    const agreement = await systemParity(name, provider);
    report.systems[name] = agreement;
    onDone?.(name, agreement);
  }
  return report;
}

/** Names of what failed, with the first line of each. */
export const failuresOf = ({ operators, systems }: ParityReport): string[] =>
  Object.entries({ ...operators, ...systems }).flatMap(([name, { failures }]) =>
    failures.map((failure) => `${name}: ${failure}`),
  );

const toleranceOf = (c: Case): number => c.rtol ?? 1e-5;

/** All cases in one graph: on a device, compiling takes longer than computing. */
async function operatorParity(record: AnyRecord, provider: Provider): Promise<Agreement> {
  const cases = record.cases as readonly Case[];
  const traced = cases.map((c, i) => trace(record, c, i, { prefix: `case${i}.` }));
  const together = {
    outputs: Object.assign({}, ...traced.map((t) => t.outputs)),
    feeds: Object.assign({}, ...traced.map((t) => t.feeds)),
  };
  try {
    const errors = [...(await outputErrors(together, provider))];
    return agreementOf(cases, (i) => worstOf(errors, `case${i}.`));
  } catch {
    return agreementOf(cases, await apart(record, provider));
  }
}

const worstOf = (errors: readonly (readonly [string, number])[], prefix: string): number =>
  Math.max(...errors.flatMap(([name, error]) => (name.startsWith(prefix) ? [error] : [])));

/** Case by case, to name those that do not run. */
async function apart(record: AnyRecord, provider: Provider) {
  const outcomes: (number | string)[] = [];
  for (const [i, c] of record.cases.entries()) {
    const outcome = await providerError(trace(record, c as Case, i), provider).catch(
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    outcomes.push(outcome);
  }
  return (i: number) => outcomes[i]!;
}

function agreementOf(
  cases: readonly Case[],
  outcomeOf: (index: number) => number | string,
): Agreement {
  const failures: string[] = [];
  let error = 0;
  for (const [i, c] of cases.entries()) {
    const outcome = outcomeOf(i);
    const told = `case ${i}, ${JSON.stringify(c.shapes)} ${JSON.stringify(c.attrs ?? {})}`;
    if (typeof outcome === "string") failures.push(`${told}: ${outcome}`);
    else {
      error = Math.max(error, outcome);
      if (!(outcome <= toleranceOf(c))) {
        failures.push(`${told}: error ${outcome}, allowed ${toleranceOf(c)}`);
      }
    }
  }
  return { cases: cases.length, error, tolerance: Math.max(...cases.map(toleranceOf)), failures };
}

import type { AnyRecord } from "../../src/engine/ir/op.ts";
import { ancestors } from "../../src/engine/ir/tensor.ts";
import { records } from "../../src/engine/ops/_registry.ts";
import { cast } from "../../src/engine/ops/compare.ts";
import type { Provider } from "../../src/engine/run/provider.ts";
import { type Case, outputErrors, providerError, type Traced, trace } from "../contracts/op.ts";
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
  /** Cases in float16, where the device has none. */
  readonly leftOut: readonly string[];
}

/** Plain JSON. */
export interface ParityReport {
  /** `node-cpu`, `node-webgpu`, `web-wasm`… */
  readonly provider: string;
  /** Whose, where the suite knows. */
  readonly adapter?: string;
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

/** By name: bundlers list the members of modules each in an order of their own. */
const sorted = [...records].sort((a, b) => (a.name < b.name ? -1 : 1));

/** Everything that there is to ask for. */
export const parityNames = {
  operators: sorted.map((r) => r.name),
  systems: systemNames,
} as const;

/** Never throws for what the provider does wrong: it is told in the report. */
export async function parity(
  provider: Provider,
  { operators = parityNames.operators, systems = parityNames.systems, onDone }: ParityRequest = {},
): Promise<ParityReport> {
  const halves = await hasHalves(provider);
  const report = {
    provider: provider.id,
    runtime: provider.runtime,
    operators: {} as Record<string, Agreement>,
    systems: {} as Record<string, Agreement>,
  };
  for (const record of sorted.filter((r) => operators.includes(r.name))) {
    const agreement = await operatorParity(record, provider, halves);
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

/** Whether the device knows float16: its case of a conversion runs. */
async function hasHalves(provider: Provider): Promise<boolean> {
  const { record } = cast as unknown as { readonly record: AnyRecord };
  const narrowing = trace(record, { shapes: [[6]], attrs: { to: "f16" } }, 0);
  return providerError(narrowing, provider).then(
    () => true,
    () => false,
  );
}

const isHalf = ({ outputs }: Traced): boolean =>
  ancestors(Object.values(outputs)).some((t) => t.dtype === "f16");

interface Asked {
  readonly c: Case;
  /** Its place among the cases of the record, which seeds its values. */
  readonly index: number;
}

/** All cases in one graph: on a device, compiling takes longer than computing. */
async function operatorParity(
  record: AnyRecord,
  provider: Provider,
  halves: boolean,
): Promise<Agreement> {
  const all = record.cases.map((c, index) => ({ c: c as Case, index }));
  const tracedOf = ({ c, index }: Asked) => trace(record, c, index, { prefix: `case${index}.` });
  const [cases, leftOut] = [true, false].map((runs) =>
    all.filter((asked) => (halves || !isHalf(tracedOf(asked))) === runs),
  ) as [Asked[], Asked[]];
  const traced = cases.map(tracedOf);
  const together = {
    outputs: Object.assign({}, ...traced.map((t) => t.outputs)),
    feeds: Object.assign({}, ...traced.map((t) => t.feeds)),
  };
  try {
    const errors = [...(await outputErrors(together, provider))];
    return agreementOf(cases, leftOut, ({ index }) => worstOf(errors, `case${index}.`));
  } catch {
    return agreementOf(cases, leftOut, await apart(record, cases, provider));
  }
}

const worstOf = (errors: readonly (readonly [string, number])[], prefix: string): number =>
  Math.max(...errors.flatMap(([name, error]) => (name.startsWith(prefix) ? [error] : [])));

/** Case by case, to name those that do not run. */
async function apart(record: AnyRecord, cases: readonly Asked[], provider: Provider) {
  const outcomes = new Map<Asked, number | string>();
  for (const asked of cases) {
    const traced = trace(record, asked.c, asked.index);
    const outcome = await providerError(traced, provider).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    outcomes.set(asked, outcome);
  }
  return (asked: Asked) => outcomes.get(asked)!;
}

const told = ({ c, index }: Asked): string =>
  `case ${index}, ${JSON.stringify(c.shapes)} ${JSON.stringify(c.attrs ?? {})}`;

function agreementOf(
  cases: readonly Asked[],
  leftOut: readonly Asked[],
  outcomeOf: (asked: Asked) => number | string,
): Agreement {
  const failures: string[] = [];
  let error = 0;
  for (const asked of cases) {
    const outcome = outcomeOf(asked);
    const allowed = toleranceOf(asked.c);
    if (typeof outcome === "string") failures.push(`${told(asked)}: ${outcome}`);
    else {
      error = Math.max(error, outcome);
      if (!(outcome <= allowed)) {
        failures.push(`${told(asked)}: error ${outcome}, allowed ${allowed}`);
      }
    }
  }
  return {
    cases: cases.length + leftOut.length,
    error,
    tolerance: Math.max(...cases.map(({ c }) => toleranceOf(c))),
    failures,
    leftOut: leftOut.map(told),
  };
}

import { constantValue, inputName } from "./leaves.ts";
import { ancestors, type Tensor } from "./tensor.ts";
import { showType } from "./type.ts";

/**
 * A trace as text, one line a node in order of computation, for golden tests and for eyes:
 *
 *     %0 = input x : f32[2,3]
 *     %1 = mul(%0, 0.5) : f32[2,3]
 *     %2 = sum(%1, {axes: [1]}) : f32[2]
 *     return y = %2
 *
 * Scalar constants stand where they are used; attributes appear only where they differ from the
 * record's defaults. Numbering is by position, so equal traces print equally.
 */
export function print(outputs: Readonly<Record<string, Tensor>>): string {
  const names = new Map<Tensor, string>();
  const lines: string[] = [];
  for (const t of ancestors(Object.values(outputs))) {
    const value = constantValue(t);
    if (value && t.shape.length === 0) {
      names.set(t, String(value.data[0]));
      continue;
    }
    const name = `%${lines.length}`;
    lines.push(`${name} = ${expression(t, names)} : ${showType(t)}`);
    names.set(t, name);
  }
  const results = Object.entries(outputs).map(([name, t]) => `${name} = ${names.get(t)}`);
  return [...lines, `return ${results.join(", ")}`].join("\n");
}

function expression(t: Tensor, names: ReadonlyMap<Tensor, string>): string {
  const name = inputName(t);
  if (name !== undefined) return `input ${name}`;
  const value = constantValue(t);
  if (value) return `constant ${literal(value.data)}`;
  const operands = t.inputs.map((input) => names.get(input)!);
  const attrs = attributes(t);
  return `${t.record.name}(${[...operands, ...(attrs ? [attrs] : [])].join(", ")})`;
}

/** One number if all are equal, else at most eight of them. */
function literal(data: Float64Array): string {
  if (data.length > 0 && data.every((v) => v === data[0])) return String(data[0]);
  const shown = Array.from(data.subarray(0, 8), String);
  if (data.length > 8) shown.push(`… ${data.length} values`);
  return `[${shown.join(", ")}]`;
}

/** `{key: value}` of what is not default; undefined when all is. */
function attributes(t: Tensor): string | undefined {
  const defaults = t.record.attrs as Record<string, unknown>;
  const given = Object.entries(t.attrs)
    .map(([key, value]) => [key, JSON.stringify(value), JSON.stringify(defaults[key])] as const)
    .filter(([, value, usual]) => value !== usual)
    .map(([key, value]) => `${key}: ${value}`);
  return given.length > 0 ? `{${given.join(", ")}}` : undefined;
}

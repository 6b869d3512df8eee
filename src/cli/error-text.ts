import type { FaultRecord } from "../app/faults.ts";
import type { Terminal } from "./terminal.ts";
import { table } from "./text.ts";

/** A coded error as a person reads it: what, where, and what to do about it. */
export function errorText({ code, fault }: FaultRecord, terminal: Terminal): string {
  const { colours, columns } = terminal;
  const rows = [
    ["where", fault.where],
    ["expected", fault.expected],
    ["got", fault.got],
    ["do this", fault.fix],
  ];
  return `${colours.red(colours.bold(`error ${code}`))}\n${table(rows, columns)}`;
}

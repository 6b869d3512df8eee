import { GanymedeError, nearest } from "../core/errors.ts";
import { sizeOf } from "../engine/ir/type.ts";
import type { OpenRun } from "./sample.ts";

/**
 * What a run's generator can be asked for by `condition`, as `SampleRequest` has it. Of labels that an item
 * may have several of: the names of those that it is to have, with commas between them, `none` for none. Of
 * numbers: as many as the data have, in their own units. Throws `UNCONDITIONAL`, `UNKNOWN_CLASS` for a label
 * that is none, `OPTION` for other numbers.
 */
export function conditionOf({ path, config, game }: OpenRun, text: string): number[] {
  const { condition: name } = game.sampler;
  const field = name === undefined ? undefined : config.fields[name];
  if (!field) {
    throw new GanymedeError("UNCONDITIONAL", {
      where: path,
      expected: "a generator that is told numbers, or several labels",
      got: `${config.system}, which is not`,
      fix: "leave the condition out (a class goes by --class), or train a system such as multi-label-gan",
    });
  }
  const given = text.split(",").map((part) => part.trim());
  const trained = (raw: number) => raw * field.scale + field.offset;
  const { labels } = field;
  if (labels) {
    const wanted = text === "none" ? [] : given;
    for (const label of wanted) if (!labels.includes(label)) throw unknown(path, label, labels);
    return labels.map((label) => trained(wanted.includes(label) ? 1 : 0));
  }
  const numbers = given.map(Number);
  const count = sizeOf(field.shape);
  if (
    numbers.length === count &&
    given.every((part) => part !== "") &&
    numbers.every(Number.isFinite)
  ) {
    return numbers.map(trained);
  }
  throw new GanymedeError("OPTION", {
    where: `condition of ${path}`,
    expected: `${count} numbers with commas between them, as the data's ${name}`,
    got: text,
    fix: "give as many as that",
  });
}

function unknown(path: string, label: string, labels: readonly string[]): GanymedeError {
  const close = nearest(label, labels);
  return new GanymedeError("UNKNOWN_CLASS", {
    where: path,
    expected: `some of ${labels.join(", ")}, or none`,
    got: label,
    fix: close === undefined ? "choose of those" : `did you mean ${close}?`,
  });
}

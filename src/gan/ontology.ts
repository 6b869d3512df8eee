import { GanymedeError } from "../core/errors.ts";

/** One level of an ontology: groups of classes, none of which is in two. */
export interface OntologyLevel {
  readonly names: readonly string[];
  /** Of each class, the number of its group. */
  readonly of: readonly number[];
}

/**
 * Classes and what they are kinds of, the coarsest level first. Nodes are numbered: the classes themselves,
 * then the groups of each level in turn.
 */
export interface Ontology {
  readonly classes: readonly string[];
  readonly levels: readonly OntologyLevel[];
}

/**
 * Reads levels of groups such as `top = 0 2 3 4 6, bottom = 1, shoes = 5 7 9, bag = 8`, with `;` between
 * levels, the coarsest first; classes by their numbers. Throws `OPTION` unless every class is in one group
 * of each level, and every group within one of the level above.
 */
export function parseOntology(text: string, classes: readonly string[]): Ontology {
  const levels = text.split(";").map((level) => parseLevel(level, classes.length));
  levels.slice(1).forEach((level, i) => {
    const above = levels[i]!.of;
    level.of.forEach((group, c) => {
      const first = level.of.indexOf(group);
      if (above[c] === above[first]) return;
      throw wrong(
        `${level.names[group]} within one group of the level above`,
        `${classes[c]} apart`,
      );
    });
  });
  return { classes, levels };
}

function parseLevel(text: string, count: number): OntologyLevel {
  const of = new Array<number>(count).fill(-1);
  const names = text.split(",").map((part, group) => {
    const [name = "", members = ""] = part.split("=").map((side) => side.trim());
    for (const word of members.split(/\s+/)) {
      const c = Number(word);
      const isClass = word !== "" && Number.isInteger(c) && c >= 0 && c < count;
      if (!isClass || of[c] !== -1) throw wrong("each class once, by its number", part.trim());
      of[c] = group;
    }
    return name;
  });
  const left = of.indexOf(-1);
  if (left >= 0) throw wrong(`a group for class ${left}`, text.trim());
  return { names, of };
}

const wrong = (expected: string, got: string) =>
  new GanymedeError("OPTION", {
    where: "ontology",
    expected,
    got,
    fix: "write groups as `name = class class, name = class`, levels apart by `;`, coarsest first",
  });

/** Names of the groups of all levels: of the nodes after the classes. */
export const groupsOf = ({ levels }: Ontology): string[] => levels.flatMap(({ names }) => names);

/** How many values a level has; the classes are the last level. */
export const sizeAt = ({ classes, levels }: Ontology, level: number): number =>
  levels[level]?.names.length ?? classes.length;

/**
 * What each node says of a level: a group's number, a class's at the last level, or `sizeAt` where the node
 * says nothing of it, being coarser.
 */
export function saidAt(ontology: Ontology, level: number): Int32Array {
  const { classes, levels } = ontology;
  const unknown = sizeAt(ontology, level);
  const ofClass = levels[level]?.of ?? classes.map((_, c) => c);
  const ofGroups = levels.flatMap(({ names, of }, own) =>
    names.map((_, group) => (own < level ? unknown : ofClass[of.indexOf(group)]!)),
  );
  return Int32Array.from([...ofClass, ...ofGroups]);
}

/** The node next above each node: a class's or a group's group; the coarsest are their own. */
export function parents(ontology: Ontology): Int32Array {
  const { classes, levels } = ontology;
  const first = (level: number) =>
    levels.slice(0, level).reduce((at, { names }) => at + names.length, classes.length);
  const finest = levels.length - 1;
  const ofClasses = levels[finest]!.of.map((group) => first(finest) + group);
  const ofGroups = levels.flatMap(({ names, of }, level) =>
    names.map((_, group) =>
      level === 0 ? first(0) + group : first(level - 1) + levels[level - 1]!.of[of.indexOf(group)]!,
    ),
  );
  return Int32Array.from([...ofClasses, ...ofGroups]);
}

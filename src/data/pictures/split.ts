import { GanymedeError } from "../../core/errors.ts";
import type { Entry } from "../entry.ts";
import { topFolder } from "./labels.ts";

/** Names of folders that are parts of a data set rather than classes. */
const usual = /^(train(ing)?|test(ing)?|val(id(ation)?)?|dev|eval)$/i;

/**
 * The pictures of one part, where the top folders are parts: `split`, or the one for training where
 * nobody says. All of them where there are no parts.
 *
 * @throws GanymedeError OPTION for a part that is not there
 */
export function partOf(pictures: readonly Entry[], split: string | undefined): readonly Entry[] {
  const parts = partsOf(pictures);
  const training = parts.find((part) => /^train(ing)?$/i.test(lastOf(part)));
  const wanted =
    split === undefined ? training : parts.find((part) => lastOf(part) === split.toLowerCase());
  if (split !== undefined && wanted === undefined) {
    throw new GanymedeError("OPTION", {
      where: "data split",
      expected: parts.length > 0 ? `one of ${parts.map(lastOf).join(", ")}` : "none: no parts here",
      got: split,
      fix: "choose one, or leave the option out",
    });
  }
  return wanted === undefined ? pictures : pictures.filter((p) => p.name.startsWith(wanted));
}

const lastOf = (folder: string): string => folder.split("/").at(-2)!.toLowerCase();

/** Folders of parts, with all above them; empty unless every picture lies in one. */
function partsOf(pictures: readonly Entry[]): string[] {
  const top = topFolder(pictures);
  const parents = top.split("/").slice(0, -1);
  const part = parents.findIndex((name) => usual.test(name));
  if (part >= 0) return [`${parents.slice(0, part + 1).join("/")}/`];
  const folders = new Set<string>();
  for (const { name } of pictures) {
    const [first, ...rest] = name.slice(top.length).split("/");
    if (rest.length === 0 || !usual.test(first!)) return [];
    folders.add(`${top}${first}/`);
  }
  return [...folders];
}

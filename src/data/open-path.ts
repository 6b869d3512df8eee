import { existsSync, readdirSync, statSync } from "node:fs";
import { extname, join, relative, resolve } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import type { FoundPath, SourceDefinition } from "./source.ts";
import { catalog } from "./sources/_catalog.ts";

/** Files that are looked at in a folder before what it holds is decided. */
const lookedAt = 400;

/**
 * The source that reads what lies at a path, and its options with the path made absolute, so that a
 * run finds its data from anywhere. Undefined for a word that is no path: it has no separator, and no
 * such file exists.
 *
 * @throws GanymedeError DATA_MISSING when nothing is there, DATA_FORMAT when no source takes it
 */
export async function sourceForPath(
  text: string,
): Promise<{ source: string; options: Record<string, unknown> } | undefined> {
  const path = resolve(text);
  if (!existsSync(path)) {
    if (!/[/\\]/.test(text)) return undefined;
    throw pathError("DATA_MISSING", path, "nothing", "correct the path");
  }
  const found = look(path);
  for (const load of Object.values(catalog)) {
    const { id, claim } = (await load()) as SourceDefinition;
    const options = claim?.(found);
    if (options) return { source: id, options };
  }
  const got = found.names.slice(0, 3).join(", ") || (found.isFolder ? "an empty folder" : path);
  const fix = "name a source with --data and the path with --data.path; see `ganymede data`";
  throw pathError("DATA_FORMAT", path, got, fix);
}

const pathError = (code: string, where: string, got: string, fix: string) =>
  new GanymedeError(code, {
    where,
    expected: "a folder or file of pictures, tables, texts or the like",
    got,
    fix,
  });

/** @param path absolute, of something that is there */
export function look(path: string): FoundPath {
  const isFolder = statSync(path).isDirectory();
  const names = isFolder ? someFiles(path) : [path];
  return { path, isFolder, names, extensions: new Set(names.map(extensionOf)) };
}

const extensionOf = (name: string): string => extname(name).toLowerCase();

/** The first files of a folder and those below, breadth first, by their names from there. */
function someFiles(folder: string): string[] {
  const names: string[] = [];
  const folders = [folder];
  for (let i = 0; i < folders.length && i < lookedAt && names.length < lookedAt; i++) {
    for (const entry of readdirSync(folders[i]!, { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folders[i]!, entry.name);
      const isFolder = entry.isSymbolicLink() ? isFolderAt(path) : entry.isDirectory();
      if (isFolder) folders.push(path);
      else if (names.length < lookedAt) names.push(relative(folder, path));
    }
  }
  return names;
}

const isFolderAt = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

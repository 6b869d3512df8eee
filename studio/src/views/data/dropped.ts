import type { Dropped } from "../../../../src/studio/routes/data.ts";
import { ask, post } from "../../lib/api.ts";

/** A file and its name below the folder that was dropped or chosen. */
export interface NamedFile {
  readonly name: string;
  readonly file: File;
}

/** Files that are sent at a time. */
const together = 4;

/** The files of what was dropped, folders and all; hidden ones are left out. */
export async function filesOf(items: DataTransferItemList): Promise<NamedFile[]> {
  // Entries must be taken before anything is waited for.
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((e) => e !== null);
  const [only] = entries;
  // A single folder is the data set: its own name is no part of theirs.
  if (entries.length === 1 && only!.isDirectory) {
    return (
      await Promise.all((await entriesOf(only as FileSystemDirectoryEntry)).map(walk))
    ).flat();
  }
  return (await Promise.all(entries.map((entry) => walk(entry)))).flat();
}

/** The files of a folder that was chosen, by their names below it. */
export const filesChosen = (files: Iterable<File>): NamedFile[] =>
  [...files].flatMap((file) => {
    const name = file.webkitRelativePath.split("/").slice(1).join("/") || file.name;
    return isHidden(name) ? [] : [{ name, file }];
  });

const isHidden = (name: string): boolean => name.split("/").some((part) => part.startsWith("."));

async function walk(entry: FileSystemEntry): Promise<NamedFile[]> {
  if (entry.name.startsWith(".")) return [];
  if (entry.isDirectory) {
    const below = await Promise.all((await entriesOf(entry as FileSystemDirectoryEntry)).map(walk));
    return below.flat().map(({ name, file }) => ({ name: `${entry.name}/${name}`, file }));
  }
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  );
  return [{ name: entry.name, file }];
}

/** A reader gives some entries at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Sends files to the studio, a request each; `tell` hears how many are there. */
export async function send(
  files: readonly NamedFile[],
  tell: (done: number) => void,
): Promise<Dropped> {
  const drop = await post<Dropped>("data/drops");
  let [next, done] = [0, 0];
  const sender = async () => {
    for (let at = next++; at < files.length; at = next++) {
      const { name, file } = files[at]!;
      const path = `data/drops/${drop.id}?name=${encodeURIComponent(name)}`;
      await ask(path, { method: "PUT", body: file });
      tell(++done);
    }
  };
  try {
    await Promise.all(Array.from({ length: together }, sender));
    return drop;
  } catch (error) {
    await ask(`data/drops/${drop.id}`, { method: "DELETE" }).catch(() => {});
    throw error;
  }
}

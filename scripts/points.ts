import { buildGame, systemOptions } from "../src/app/systems.ts";
import { GanymedeError } from "../src/core/errors.ts";
import type { SourceDefinition } from "../src/data/source.ts";
import type { System } from "../src/gan/system.ts";

const plane = { shape: [2], dtype: "f32", scale: 1, offset: 0 } as const;

/** The systems that can be built for points of a plane, which need nothing besides. */
export async function pointSystems(ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) {
    const system = await declared<System>(`../src/zoo/${id}.ts`, id);
    try {
      buildGame(system, { options: systemOptions(system, {}), fields: { point: plane } });
      found.push(id);
    } catch (error) {
      if (!(error instanceof GanymedeError)) throw error;
    }
  }
  return found;
}

/** The sources, of those that a page can have, whose items are points of a plane. */
export async function pointSources(ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const id of ids) {
    const definition = await declared<SourceDefinition>(`../src/data/sources/${id}.ts`, id);
    const { fields } = await definition.open();
    if (fields.point?.shape.join() === "2") found.push(id);
  }
  return found;
}

/** What a file declares under its name: its catalogue may not list it yet. */
async function declared<T>(file: string, id: string): Promise<T> {
  const exported = (await import(file)) as object;
  return Object.values(exported).find((v) => v?.id === id) as T;
}

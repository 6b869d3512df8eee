import { existsSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { Drops } from "./drops.ts";
import { Records } from "./records.ts";
import { Trainings } from "./trainings.ts";
import { Workshop } from "./workshop.ts";

/** What the routes share: the folder of runs, trainings, and the thread that does the heavy work. */
export class Studio {
  /** The folder of runs. */
  readonly out: string;
  readonly workshop = new Workshop();
  readonly trainings = new Trainings();
  readonly records = new Records();
  readonly drops = new Drops();

  constructor(out: string) {
    this.out = out;
  }

  /** The folder of a run of `out`. Throws `NO_RUN`; a name is never a path. */
  runPath(name: string): string {
    const path = join(this.out, name);
    if (isName(name) && existsSync(join(path, "run.json"))) return path;
    throw new GanymedeError("NO_RUN", {
      where: this.out,
      expected: "the name of a run in this folder",
      got: name.slice(0, 80),
      fix: "choose one of the list",
    });
  }

  /** Where a new run of a name goes. Throws `OPTION` for what is no name, `RUN_EXISTS`. */
  newPath(name: string): string {
    const path = join(this.out, name);
    const isSound = isName(name) && name.length <= 80;
    if (isSound && !existsSync(path)) return path;
    throw new GanymedeError(isSound ? "RUN_EXISTS" : "OPTION", {
      where: "name",
      expected: "a new name of up to 80 letters, digits, dots and dashes",
      got: isSound ? `${name}, which there is` : name.slice(0, 80),
      fix: "choose another name",
    });
  }

  /** Stops trainings with a checkpoint. */
  async close(): Promise<void> {
    await this.trainings.close();
    await this.workshop.close();
    this.drops.close();
  }
}

const isName = (name: string): boolean => /^\w[\w.-]*$/.test(name);

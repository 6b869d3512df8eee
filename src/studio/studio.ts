import { existsSync } from "node:fs";
import { join } from "node:path";
import { GanymedeError } from "../core/errors.ts";
import { Workshop } from "./workshop.ts";

/** What the routes share: the folder of runs, and the thread that does the heavy work. */
export class Studio {
  /** The folder of runs. */
  readonly out: string;
  readonly workshop = new Workshop();

  constructor(out: string) {
    this.out = out;
  }

  /** The folder of a run of `out`. Throws `NO_RUN`; a name is never a path. */
  runPath(name: string): string {
    const path = join(this.out, name);
    if (/^\w[\w.-]*$/.test(name) && existsSync(join(path, "run.json"))) return path;
    throw new GanymedeError("NO_RUN", {
      where: this.out,
      expected: "the name of a run in this folder",
      got: name.slice(0, 80),
      fix: "choose one of the list",
    });
  }

  async close(): Promise<void> {
    await this.workshop.close();
  }
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import { type RunConfig, readRunConfig } from "../../app/run-config.ts";
import { runsIn } from "../../app/run-names.ts";
import { noteRun } from "../../app/run-notes.ts";
import { deleteRun, type RunSummary, summaryOf, tagRun } from "../../app/runs.ts";
import { GanymedeError } from "../../core/errors.ts";
import type { ReadingAbout } from "../../gan/game.ts";
import { listCheckpoints } from "../../train/checkpoint.ts";
import { RunFolder } from "../../train/run-folder.ts";
import { bodyOf, queryOf } from "../answers.ts";
import type { Route } from "../route.ts";

export interface RunsAnswer {
  /** The one that was started or resumed last at the end. */
  readonly runs: readonly RunSummary[];
  /** The run that this server trains, if it does. */
  readonly training?: string;
}

/** What there is to know of a run but for its curves. */
export interface RunAnswer {
  readonly summary: RunSummary;
  readonly config: RunConfig;
  /** What its readings are, by name. */
  readonly readings: Readonly<Record<string, ReadingAbout>>;
  readonly checkpoints: readonly number[];
  /** Whether this server trains it, and so can stop it. */
  readonly isHere: boolean;
}

const changes = z.strictObject({
  note: z.string().optional(),
  tags: z.array(z.string()).optional(),
});
export type RunChanges = z.input<typeof changes>;

const sure = z.object({ confirm: z.string() });

/** Runs in a list and one by one, their tags and notes, and how they go for good. */
export const runs: Route = {
  path: "runs",
  mount: (studio) =>
    new Hono()
      .get("/", async (context) => {
        const all = await summaries(studio.out);
        const training = studio.trainings.running;
        return context.json({ runs: all, ...(training && { training }) } satisfies RunsAnswer);
      })
      .get("/:name", async (context) => {
        const path = studio.runPath(context.req.param("name"));
        const config = readRunConfig(RunFolder.open(path));
        return context.json({
          summary: await summaryOf(path),
          config,
          readings: readingsIn(path),
          checkpoints: listCheckpoints(join(path, "checkpoints")),
          isHere: studio.trainings.running === context.req.param("name"),
        } satisfies RunAnswer);
      })
      .patch("/:name", async (context) => {
        const path = studio.runPath(context.req.param("name"));
        const { note, tags } = await bodyOf(context, changes);
        if (tags)
          tagRun(
            path,
            tags,
            (await summaryOf(path)).tags.filter((t) => !tags.includes(t)),
          );
        if (note !== undefined) noteRun(path, note);
        return context.json(await summaryOf(path));
      })
      .delete("/:name", (context) => {
        const name = context.req.param("name");
        const path = studio.runPath(name);
        if (queryOf(context, sure).confirm !== name) throw unsure(name);
        deleteRun(studio.out, path);
        studio.records.forget(path);
        return context.json({});
      }),
};

async function summaries(out: string): Promise<RunSummary[]> {
  const all: RunSummary[] = [];
  // One by one: others have their turn in between.
  for (const path of runsIn(out)) {
    const summary = await summaryOf(path).catch((error: unknown) => {
      // It may have been deleted since it was listed.
      if (existsSync(join(path, "run.json"))) throw error;
    });
    if (summary) all.push(summary);
  }
  return all;
}

function readingsIn(path: string): Record<string, ReadingAbout> {
  const file = join(path, "readings.json");
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, ReadingAbout>;
  } catch {
    // What it would say, the run writes again when it goes on.
    return {};
  }
}

const unsure = (name: string): GanymedeError =>
  new GanymedeError("STUDIO_REQUEST", {
    where: "confirm",
    expected: `the run's name, ${name}`,
    got: "another",
    fix: "confirm that the run is to be deleted",
  });

import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { type RunState, stateOf } from "../../app/runs.ts";
import { GanymedeError } from "../../core/errors.ts";
import { listCheckpoints } from "../../train/checkpoint.ts";
import { RunFolder } from "../../train/run-folder.ts";
import { placeId, readNews, readPlace } from "../place.ts";
import type { Route } from "../route.ts";
import type { Studio } from "../studio.ts";

/** How a run stands: an event `state` whenever it changes. */
export interface RunStanding {
  readonly state: RunState;
  /** Code of the error that ended it. */
  readonly error?: string;
  readonly steps: number;
  readonly checkpoints: readonly number[];
  readonly isHere: boolean;
}

/**
 * Events of a run: `news` with a `News`, `state` with a `RunStanding`, `reset` where it was cut back and
 * must be read anew.
 */
export const eventNames = ["news", "state", "reset"] as const;

/** Streams at once: each costs a look at the disk four times a second. */
export const mostStreams = 32;

/** Milliseconds from one look to the next. */
const beat = 250;

/** A run's record, its grids, and events that tail its folder, whoever trains it. */
export const watching: Route = {
  path: "runs",
  mount(studio) {
    const streams = { open: 0 };
    return new Hono()
      .get("/:name/record", async (context) =>
        context.json(await studio.records.read(studio.runPath(context.req.param("name")))),
      )
      .get("/:name/grids/:step", (context) => {
        const path = studio.runPath(context.req.param("name"));
        return grid(context, path, context.req.param("step"));
      })
      .get("/:name/events", (context) => {
        const name = context.req.param("name");
        const path = studio.runPath(name);
        if (streams.open >= mostStreams) throw tooMany();
        streams.open++;
        const after = context.req.query("after") ?? context.req.header("last-event-id");
        return streamSSE(context, async (stream) => {
          try {
            await tail(stream, { studio, name, path }, after);
          } catch {
            // The run was deleted, or its folder is not readable: whoever asks again is told.
          } finally {
            streams.open--;
          }
        });
      });
  },
};

interface Watched {
  readonly studio: Studio;
  readonly name: string;
  readonly path: string;
}

async function tail(stream: SSEStreamingApi, watched: Watched, after: string | undefined) {
  let place = readPlace(after);
  let told = "";
  for (let turn = 0; !stream.aborted && !stream.closed; turn++) {
    const { isOther, place: next, ...news } = readNews(watched.path, place);
    if (isOther) {
      await stream.writeSSE({ event: "reset", data: "{}" });
      return;
    }
    place = next;
    const isNew = Object.values(news).some(({ length }) => length > 0);
    const id = placeId(place);
    if (isNew) await stream.writeSSE({ id, event: "news", data: JSON.stringify(news) });
    if (turn % 2 === 0) {
      const standing = JSON.stringify(standingOf(watched));
      if (standing !== told) await stream.writeSSE({ id, event: "state", data: standing });
      told = standing;
    }
    // Finds out about a reader that is gone.
    if (turn % 40 === 39) await stream.write(":\n\n");
    await stream.sleep(isNew ? beat / 5 : beat);
  }
}

function standingOf({ studio, name, path }: Watched): RunStanding {
  const { steps } = RunFolder.open(path).readConfig() as { steps: number };
  return {
    ...stateOf(path, { steps }),
    steps,
    checkpoints: listCheckpoints(join(path, "checkpoints")),
    isHere: studio.trainings.running === name,
  };
}

function grid(context: Context, path: string, step: string): Response {
  const file = join(path, "samples", `step-${step.padStart(8, "0")}.png`);
  const stat = /^\d{1,15}$/.test(step) ? statSync(file, { throwIfNoEntry: false }) : undefined;
  if (!stat) throw noGrid(step);
  const tag = `"${stat.size}-${stat.mtimeMs}"`;
  context.header("cache-control", "private, no-cache");
  context.header("etag", tag);
  if (context.req.header("if-none-match") === tag) return context.body(null, 304);
  context.header("content-type", "image/png");
  context.header("content-length", String(stat.size));
  return context.body(Readable.toWeb(createReadStream(file)) as ReadableStream);
}

const tooMany = (): GanymedeError =>
  new GanymedeError("STUDIO_BUSY", {
    where: "events",
    expected: `at most ${mostStreams} streams of events at once`,
    got: "one more",
    fix: "close other pages of the studio",
  });

const noGrid = (step: string): GanymedeError =>
  new GanymedeError("NO_SUCH", {
    where: "grids",
    expected: "the step of a grid of this run",
    got: step.slice(0, 80),
    fix: "choose one of its record",
  });

import { Hono } from "hono";
import { z } from "zod";
import type { Asked } from "../../app/config.ts";
import { resumeConfig } from "../../app/resume.ts";
import { readRunConfig } from "../../app/run-config.ts";
import { nextRunName } from "../../app/run-names.ts";
import { RunFolder } from "../../train/run-folder.ts";
import { bodyOf } from "../answers.ts";
import type { Route } from "../route.ts";
import type { Studio } from "../studio.ts";

/** Settings and options are checked by whoever makes the configuration, with names of what is wrong. */
const asked = z.looseObject({ system: z.string() });
const newRun = z.strictObject({ asked, name: z.string().optional() });
const onward = z.strictObject({
  changes: z.looseObject({}).default({}),
  /** Learning rates times so much from here on. */
  rateScale: z.number().positive().optional(),
});
const offshoot = onward.extend({
  checkpoint: z.union([z.int().min(0), z.enum(["last", "best"])]).default("last"),
  name: z.string().optional(),
});

export interface StartAsked {
  readonly asked: Asked;
  /** The next number when absent. */
  readonly name?: string;
}
export interface ResumeAsked {
  readonly changes?: Partial<Asked>;
  readonly rateScale?: number;
}
export interface BranchAsked extends ResumeAsked {
  readonly checkpoint?: number | "last" | "best";
  readonly name?: string;
}
/** The run that is trained now. */
export interface Started {
  readonly name: string;
}

const scaled = (rateScale: number | undefined) => (rateScale === undefined ? {} : { rateScale });

/** Starts, pauses, resumes and branches runs. */
export const steering: Route = {
  path: "runs",
  mount: (studio) =>
    new Hono()
      .post("/", async (context) => {
        const { asked: wanted, name } = await bodyOf(context, newRun);
        const started = await studio.trainings.start(async () => {
          const config = await studio.workshop.ask("plan", wanted as unknown as Asked);
          const runPath = studio.newPath(name ?? nextRunName(studio.out, config.system));
          return { config, runPath, resume: false };
        });
        return context.json({ name: started } satisfies Started);
      })
      .post("/:name/pause", async (context) => {
        const name = context.req.param("name");
        studio.runPath(name);
        await studio.trainings.stop(name);
        return context.json({ name } satisfies Started);
      })
      .post("/:name/resume", async (context) => {
        const runPath = studio.runPath(context.req.param("name"));
        const { changes, rateScale } = await bodyOf(context, onward);
        const started = await studio.trainings.start(async () => {
          const stored = readRunConfig(RunFolder.open(runPath));
          const same = { system: stored.system, data: stored.data.source };
          const config = await resumeConfig(runPath, stored, { ...same, ...changes });
          return { config, runPath, resume: true, ...scaled(rateScale) };
        });
        return context.json({ name: started } satisfies Started);
      })
      .post("/:name/branch", async (context) => {
        const from = studio.runPath(context.req.param("name"));
        const body = await bodyOf(context, offshoot);
        const name = await studio.trainings.start(() => branchOff(studio, from, body));
        return context.json({ name } satisfies Started);
      }),
};

async function branchOff(studio: Studio, from: string, body: z.output<typeof offshoot>) {
  const { system } = readRunConfig(RunFolder.open(from));
  const to = studio.newPath(body.name ?? nextRunName(studio.out, system));
  const { checkpoint, changes, rateScale } = body;
  const { config } = await studio.workshop.ask("branch", { from, to, checkpoint, changes });
  return { config, runPath: to, resume: true, ...scaled(rateScale) };
}

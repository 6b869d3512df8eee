import { Hono } from "hono";
import { version } from "../../app/version.ts";
import type { Route } from "../route.ts";

/** What the page says of itself. */
export interface About {
  readonly version: string;
  /** The folder of runs. */
  readonly out: string;
}

export const about: Route = {
  path: "about",
  mount: ({ out }) =>
    new Hono().get("/", (context) => context.json({ version, out } satisfies About)),
};

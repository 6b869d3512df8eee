import type { Hono } from "hono";
import type { Studio } from "./studio.ts";

/** What the server answers below `/api/<path>`; one file of `routes` each. */
export interface Route {
  readonly path: string;
  /** Errors that are thrown reach the page coded: see `answers.ts`. */
  mount(studio: Studio): Hono;
}

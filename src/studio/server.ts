import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { GanymedeError } from "../core/errors.ts";
import { refuse } from "./answers.ts";
import { guard } from "./guard.ts";
import { pages } from "./pages.ts";
import { catalog } from "./routes/_catalog.ts";
import { Studio } from "./studio.ts";
import { lastingToken } from "./token.ts";

export interface StudioOptions {
  /** The folder of runs; "runs" when absent. */
  readonly out?: string;
  /** The address to listen on; 127.0.0.1, this machine only, when absent. */
  readonly host?: string;
  /** 4242 when absent; 0 for any that is free. */
  readonly port?: number;
  /** The one that lies in `out` when absent: see `lastingToken`. */
  readonly token?: string;
  /** The folder of the built page; the package's own when absent. */
  readonly page?: string;
}

export interface StudioServer {
  /** With its token: who has it may start, read and delete runs. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  close(): Promise<void>;
}

/** Bytes of a request at most. */
const largest = 64 * 2 ** 20;

/**
 * Serves the studio's page and what it asks for. The runtime never runs in this thread. Throws
 * `NO_PAGE` where the page was not built, `STUDIO_PORT` where the port is taken.
 */
export async function startStudio(options: StudioOptions = {}): Promise<StudioServer> {
  const { out = "runs", host = "127.0.0.1" } = options;
  const token = options.token ?? lastingToken(out);
  const studio = new Studio(out);
  let port = options.port ?? 4242;
  const names = host === "127.0.0.1" || host === "localhost" ? ["127.0.0.1", "localhost"] : [host];
  const app = new Hono();
  app.use(guard({ token, hosts: () => names.map((name) => `${name}:${port}`) }));
  app.use(bodyLimit({ maxSize: largest, onError: (context) => refuse(context, tooLarge()) }));
  app.onError((error, context) => refuse(context, error));
  for (const route of Object.values(catalog)) app.route(`/api/${route.path}`, route.mount(studio));
  app.route("/", pages(options.page));
  const server = serve({ fetch: app.fetch, hostname: host, port });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (cause) => reject(noPort(port, cause)));
  });
  port = (server.address() as AddressInfo).port;
  return {
    url: `http://${names[0]}:${port}/?token=${token}`,
    port,
    token,
    async close() {
      await studio.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const tooLarge = (): GanymedeError =>
  new GanymedeError("TOO_LARGE", {
    where: "request",
    expected: `at most ${largest / 2 ** 20} MiB`,
    got: "more",
    fix: "put the files into a folder of this machine and name that",
  });

const noPort = (port: number, cause: Error): GanymedeError =>
  new GanymedeError("STUDIO_PORT", {
    where: `port ${port}`,
    expected: "a port that is free",
    got: cause.message,
    fix: "choose another with --port, or --port 0 for any that is free",
  });

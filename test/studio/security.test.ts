import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveConfig } from "../../src/app/config.ts";
import { startTraining } from "../../src/app/train.ts";
import { catalog } from "../../src/studio/routes/_catalog.ts";
import { mostStreams } from "../../src/studio/routes/watching.ts";
import { type StudioServer, startStudio } from "../../src/studio/server.ts";
import { Studio } from "../../src/studio/studio.ts";

const root = mkdtempSync(join(tmpdir(), "ganymede-security-"));
const out = join(root, "runs");
const home = "<p>the page</p>";
let studio: StudioServer;

beforeAll(async () => {
  mkdirSync(join(root, "page"));
  writeFileSync(join(root, "page", "index.html"), home);
  for (const folder of ["secret", "runs/mine"]) {
    mkdirSync(join(root, folder, "samples"), { recursive: true });
    writeFileSync(join(root, folder, "run.json"), '{"steps": 1, "secret": "sesame"}');
    writeFileSync(join(root, folder, "secret.png"), "sesame");
  }
  studio = await startStudio({ out, port: 0, page: join(root, "page") });
});
afterAll(async () => {
  await studio?.close();
  rmSync(root, { recursive: true, force: true });
});

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a path as it is: a browser, or `fetch`, would take the dots out. The answer has only begun. */
function begin(path: string, { method = "GET", headers = {}, body }: Sent = {}) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(body.length) };
    const own = { authorization: `Bearer ${studio.token}`, ...length, ...headers };
    const options = {
      host: "127.0.0.1",
      port: studio.port,
      path,
      method,
      headers: own,
      agent: false,
    };
    const sent = request({ ...options }, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

async function send(path: string, what: Sent = {}) {
  const response = await begin(path, what);
  let text = "";
  for await (const piece of response) text += piece;
  return { status: response.statusCode!, text };
}

/** Every answer below /api: method and path, with its parameters. */
function routes(): { method: string; path: string }[] {
  const idle = new Studio(out);
  return Object.values(catalog).flatMap((route) =>
    route.mount(idle).routes.map(({ method, path }) => ({
      method: method === "ALL" ? "GET" : method,
      path: `/api/${route.path}${path === "/" ? "" : path}`,
    })),
  );
}

describe("who may not", () => {
  const evil: [string, Record<string, string>, number, string][] = [
    ["no token", { authorization: "" }, 401, "STUDIO_TOKEN"],
    ["a wrong token", { authorization: `Bearer ${"x".repeat(32)}` }, 401, "STUDIO_TOKEN"],
    ["a foreign origin", { origin: "http://evil.example" }, 403, "STUDIO_ORIGIN"],
    ["a page of a file", { origin: "null" }, 403, "STUDIO_ORIGIN"],
    ["a name that leads here", { host: "evil.example:4242" }, 403, "STUDIO_ORIGIN"],
  ];
  test.each(evil)("%s gets nothing from any route", async (_, headers, status, code) => {
    for (const { method, path } of [...routes(), { method: "GET", path: "/" }]) {
      const body = method === "GET" ? {} : { body: "{}" };
      const answer = await send(path.replaceAll(/:\w+/g, "mine"), { method, headers, ...body });
      expect({ path, status: answer.status }).toEqual({ path, status });
      expect(answer.text).toContain(code);
      expect(answer.text).not.toContain("sesame");
    }
  });

  test("a wrong token in the address sets no cookie; the right one does, for this site alone", async () => {
    const wrong = await begin("/?token=wrong", { headers: { authorization: "" } });
    expect([wrong.statusCode, wrong.headers["set-cookie"]]).toEqual([401, undefined]);
    wrong.resume();
    const right = await begin(`/?token=${studio.token}`, { headers: { authorization: "" } });
    expect(right.headers["set-cookie"]?.[0]).toMatch(/HttpOnly.*SameSite=Strict/);
    right.resume();
  });
});

describe("a path that leads out", () => {
  const ways = [
    "..",
    "../secret",
    "%2e%2e",
    "%2e%2e%2fsecret",
    "..%2fsecret",
    "..%2f..%2fetc%2fpasswd",
    "%252e%252e%252fsecret",
    "..%5csecret",
    "..\\secret",
    "....//secret",
    "mine%2f..%2f..%2fsecret",
    "mine%00",
    "%2fetc%2fpasswd",
    ".studio-token",
    "%c0%ae%c0%ae%c0%afsecret",
  ];

  test("is refused in every parameter of every route, and of the page", async () => {
    const parametric = routes().filter(({ path }) => path.includes(":"));
    expect(parametric.length).toBeGreaterThan(8);
    const before = readdirSync(root, { recursive: true }).sort();
    for (const { method, path } of parametric) {
      const parameters = path.match(/:\w+/g)!;
      for (const parameter of parameters) {
        for (const way of ways) {
          const asked = path.replace(parameter, way).replaceAll(/:\w+/g, "mine");
          const body = method === "GET" ? {} : { body: "{}" };
          const { status, text } = await send(asked, { method, ...body });
          expect(`${method} ${asked} ${status}`).toMatch(/ 4\d\d$/);
          expect(text).not.toMatch(/sesame|root:/);
        }
      }
    }
    for (const way of ways) {
      const { status, text } = await send(`/${way}`);
      // Dots that lead nowhere are the page itself.
      expect(`${way} ${text === home ? 404 : status}`).toMatch(/ 4\d\d$/);
      expect(text).not.toMatch(/sesame|root:/);
    }
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(before);
  }, 60_000);

  test("cannot be the name of a new run", async () => {
    const asked = { system: "gan-vanilla", options: { batch: 4, width: 4 }, steps: 1 };
    const body = JSON.stringify({ asked, name: "../secret/new" });
    const { status, text } = await send("/api/runs", { method: "POST", body });
    expect([status, text]).toEqual([400, expect.stringContaining("OPTION")]);
  }, 60_000);
});

describe("too much", () => {
  test("2 GB that are announced are refused unread", async () => {
    const headers = { "content-length": String(2 * 2 ** 30) };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const own = { authorization: `Bearer ${studio.token}`, ...headers };
      const options = { host: "127.0.0.1", port: studio.port, agent: false, headers: own };
      const sent = request({ ...options, path: "/api/runs", method: "POST" }, (response) => {
        resolve(response);
        sent.destroy();
      });
      sent.on("error", reject);
      sent.flushHeaders();
    });
    expect(answer.statusCode).toBe(413);
  });

  test("2 GB that are not announced are cut off after what is allowed", async () => {
    const piece = Buffer.alloc(2 ** 20, "x");
    let sentBytes = 0;
    const status = await new Promise<number | undefined>((resolve) => {
      const headers = { authorization: `Bearer ${studio.token}`, "transfer-encoding": "chunked" };
      const options = { host: "127.0.0.1", port: studio.port, agent: false, headers };
      const sent = request({ ...options, path: "/api/runs", method: "POST" }, (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      // A connection that is closed on it is an answer too.
      sent.on("error", () => resolve(undefined));
      const pour = () => {
        while (!sent.destroyed && sentBytes < 2 * 2 ** 30) {
          sentBytes += piece.length;
          if (!sent.write(piece)) break;
        }
      };
      sent.on("drain", pour);
      pour();
    });
    expect([413, undefined]).toContain(status);
    expect(sentBytes).toBeLessThan(160 * 2 ** 20);
    expect((await send("/api/about")).status).toBe(200);
  }, 60_000);

  test("of 500 streams of events as many are open as may be, and the training goes on", async () => {
    const options = { batch: 4, latent: 2, width: 4 };
    const asked = { system: "gan-vanilla", options, steps: 10_000_000, threads: 1 };
    const { config } = await resolveConfig({ ...asked, health: false });
    const steps: number[] = [];
    const training = startTraining({
      config,
      runPath: join(out, "busy"),
      resume: false,
      onEvent: (event) => {
        if (event.kind === "progress") steps.push(event.step);
      },
    });
    try {
      while (steps.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      const path = "/api/runs/busy/events";
      const all = await Promise.all(Array.from({ length: 500 }, () => begin(path)));
      const open = all.filter(({ statusCode }) => statusCode === 200);
      expect(open).toHaveLength(mostStreams);
      expect(all.filter(({ statusCode }) => statusCode === 503)).toHaveLength(500 - mostStreams);
      const before = steps.at(-1)!;
      const first = await new Promise<string>((resolve) => {
        open[0]!.once("data", (bytes: Buffer) => resolve(bytes.toString()));
      });
      expect(first).toMatch(/^(id|event): /);
      while (steps.at(-1)! <= before) await new Promise((resolve) => setTimeout(resolve, 50));
      for (const response of all) response.destroy();
      // Those that are gone make room.
      await expect
        .poll(
          async () => {
            const again = await begin(path);
            again.destroy();
            return again.statusCode;
          },
          { timeout: 30_000, interval: 500 },
        )
        .toBe(200);
    } finally {
      training.stop();
      await training.done;
    }
  }, 90_000);
});

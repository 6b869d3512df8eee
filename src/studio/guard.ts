import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { GanymedeError } from "../core/errors.ts";
import { refuse } from "./answers.ts";

export interface Guarded {
  /** Who has it may do everything. */
  readonly token: string;
  /** `Host` headers of this server; others come from names that lead here (DNS rebinding). */
  readonly hosts: () => readonly string[];
}

const headers = {
  // Of the page: nothing from elsewhere, threads for WebAssembly, no page around it.
  "content-security-policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; " +
    "img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self' blob: data:; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/**
 * Lets requests pass that name this server as their host, come from its own page or from a program,
 * and know the token, by cookie or as a bearer. `/?token=…` turns the token into a cookie that neither
 * other sites nor scripts can use.
 */
export function guard({ token, hosts }: Guarded): MiddlewareHandler {
  return async (context, next) => {
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    const host = context.req.header("host") ?? "";
    if (!hosts().includes(host)) return refuse(context, foreign("Host", host));
    const origin = context.req.header("origin");
    if (origin !== undefined && !hosts().some((h) => origin === `http://${h}`)) {
      return refuse(context, foreign("Origin", origin));
    }
    const cookie = `ganymede-${host.split(":").at(-1)}`;
    const given = context.req.query("token");
    if (given !== undefined && context.req.path === "/") {
      if (!same(given, token)) return refuse(context, wrongToken());
      setCookie(context, cookie, token, { httpOnly: true, sameSite: "Strict", path: "/" });
      return context.redirect("/");
    }
    const bearer = context.req.header("authorization")?.replace(/^Bearer /, "");
    if (!same(getCookie(context, cookie) ?? bearer ?? "", token)) {
      return refuse(context, wrongToken());
    }
    return next();
  };
}

/** In a time that does not tell how much of it is right. */
function same(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

const foreign = (header: string, got: string): GanymedeError =>
  new GanymedeError("STUDIO_ORIGIN", {
    where: header,
    expected: "this server's own address",
    got: got.slice(0, 80) || "none",
    fix: "open the address that `ganymede studio` printed",
  });

const wrongToken = (): GanymedeError =>
  new GanymedeError("STUDIO_TOKEN", {
    where: "studio",
    expected: "the token of the printed address",
    got: "none, or another",
    fix: "open the whole address that `ganymede studio` printed, with its token",
  });

import type { FaultRecord } from "../../../src/app/faults.ts";

/** What the server refuses, in its words. */
export class StudioError extends Error {
  readonly code: string;
  /** What to do about it. */
  readonly fix: string;

  constructor({ code, fault }: FaultRecord) {
    super(`Expected ${fault.expected}, got ${fault.got}.`);
    this.code = code;
    this.fix = fault.fix;
  }
}

const gone: FaultRecord = {
  code: "NO_SERVER",
  fault: {
    where: "studio",
    expected: "an answer of the studio's server",
    got: "none",
    fix: "see whether `ganymede studio` still runs; this page goes on by itself when it does",
  },
};

/** The answer of `/api/<path>`. Throws `StudioError`, also where nobody answers. */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`/api/${path}`, init).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new StudioError(gone);
  });
  if (response.ok) return response;
  const record = (await response.json().catch(() => undefined)) as FaultRecord | undefined;
  throw new StudioError(record ?? gone);
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await ask(path, signal ? { signal } : {})).json() as Promise<T>;

/** Sends JSON; the answer as JSON. */
export async function post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  return (await ask(path, signal ? { ...request, signal } : request)).json() as Promise<T>;
}

export const remove = (path: string): Promise<Response> => ask(path, { method: "DELETE" });

/** Milliseconds from one attempt to connect to the next. */
const pause = 1000;

/**
 * Server-sent events of `/api/<path>`, each with a name and JSON data, until the returned function is
 * called. It connects again by itself, also to a server that was started anew, from the last event
 * that came, or from `after` at first: `?after=<id>`.
 */
export function listen(
  path: string,
  hear: (name: string, data: unknown) => void,
  {
    names,
    connected,
    after = "",
  }: { names: readonly string[]; connected?: (is: boolean) => void; after?: string },
): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = after;
  const connect = () => {
    const join = path.includes("?") ? "&" : "?";
    source = new EventSource(`/api/${path}${last && `${join}after=${encodeURIComponent(last)}`}`);
    source.onopen = () => connected?.(true);
    for (const name of names) {
      source.addEventListener(name, ({ data, lastEventId }: MessageEvent<string>) => {
        if (lastEventId) last = lastEventId;
        hear(name, JSON.parse(data));
      });
    }
    source.onerror = () => {
      connected?.(false);
      source?.close();
      timer = setTimeout(connect, pause);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

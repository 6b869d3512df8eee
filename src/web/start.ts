import type { WebEvent } from "./events.ts";
import type { WebRequest } from "./request.ts";
import { trainIn, type WebTraining } from "./training.ts";

/**
 * Trains in a worker of this page; `listen` hears of the progress.
 *
 * @throws GanymedeError through `done` and as an event of kind `fault`: what the system, its options
 *   and the data throw, NO_WEBGPU, SESSION, NON_FINITE
 */
export function startTraining(
  request: WebRequest,
  listen: (event: WebEvent) => void = () => {},
): WebTraining {
  return trainIn(openWorker, seenFromPage(request), listen);
}

function openWorker(): Worker {
  try {
    // Bundlers look for these very words.
    return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "SecurityError") throw error;
    return openForeign();
  }
}

/** Browsers start no worker of another origin, but a worker of this page may import its script. */
function openForeign(): Worker {
  const file = "worker.js";
  const text = `import ${JSON.stringify(new URL(file, import.meta.url).href)};`;
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return new Worker(address, { type: "module" });
}

/** A worker takes relative addresses as beside its own script. */
function seenFromPage(request: WebRequest): WebRequest {
  const { data, runtime } = request;
  return {
    ...request,
    ...(data?.kind === "idx" && {
      data: {
        ...data,
        images: whole(data.images),
        ...(data.labels !== undefined && { labels: whole(data.labels) }),
      },
    }),
    ...(runtime?.paths !== undefined && {
      runtime: { ...runtime, paths: wholePaths(runtime.paths) },
    }),
  };
}

const whole = <T>(address: T): T =>
  (typeof address === "string" ? new URL(address, document.baseURI).href : address) as T;

const wholePaths = <T extends string | { readonly wasm?: string; readonly mjs?: string }>(
  paths: T,
): T =>
  typeof paths === "string"
    ? whole(paths)
    : (Object.fromEntries(Object.entries(paths).map(([k, v]) => [k, whole(v)])) as T);

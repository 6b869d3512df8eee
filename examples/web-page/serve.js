/**
 * A server of files for trying pages out: `node examples/web-page/serve.js [folder] [port]`. It sends the
 * two headers that give a page threads; `--single` leaves them out.
 */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const kinds = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export function serve(folder, { port = 0, isolated = true, headers = {} } = {}) {
  const server = createServer(({ url }, response) => {
    const path = join(folder, normalize(decodeURIComponent(new URL(url, "http://x").pathname)));
    const file = path.endsWith("/") ? join(path, "index.html") : path;
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    const kind = kinds[extname(file)] ?? "application/octet-stream";
    const extra = { ...(isolated && isolation), ...headers };
    response.writeHead(size === undefined ? 404 : 200, {
      ...extra,
      "content-type": kind,
      ...(size !== undefined && { "content-length": size }),
    });
    if (size === undefined) response.end();
    else createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const single = process.argv.includes("--single");
  const [folder = ".", port = "8080"] = process.argv.slice(2).filter((a) => a !== "--single");
  await serve(folder, { port: Number(port), isolated: !single });
  console.log(`http://localhost:${port}/`);
}

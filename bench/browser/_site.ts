import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** What pages were sent, as a server that compresses sends it. */
export interface Sent {
  readonly bytes: number;
  readonly gzipped: number;
}

/** A server of one page a library, on this machine alone. */
export interface Site {
  addressOf(library: string, query: string): string;
  /** What was sent since this was last asked. */
  sent(): Sent;
  close(): Promise<void>;
}

/** The peers' packages are installed in a folder of their own, where an import does not look. */
const fromFolder = (folder: string): Plugin => ({
  name: "peers",
  enforce: "pre",
  resolveId(id, importer) {
    if (!/^@(tensorflow|jax-js)\//.test(id) || importer?.startsWith(folder)) return undefined;
    return this.resolve(id, join(folder, "package.json"), { skipSelf: true });
  },
});

async function bundle(library: string, entry: string, peers: string, out: string): Promise<void> {
  await build({
    root: here,
    configFile: false,
    logLevel: "error",
    base: `/${library}/`,
    plugins: [fromFolder(resolve(peers))],
    worker: { format: "es" },
    build: {
      outDir: join(out, library),
      target: "esnext",
      assetsInlineLimit: 0,
      rolldownOptions: { input: join(here, entry), output: { entryFileNames: "main.js" } },
    },
  });
}

interface Folders {
  /** Of the bundles, and of the peers' packages. */
  readonly out: string;
  readonly packages: string;
  readonly pages: Readonly<Record<string, Buffer>>;
}

/** Answers with files, under the headers that threads need, and tells how much was sent. */
const answer =
  ({ out, packages, pages }: Folders, tell: (body: Buffer) => void): RequestListener =>
  (request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const send = (type: string, body: Buffer) => {
      tell(body);
      response.writeHead(200, {
        "Content-Type": type,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
      });
      response.end(body);
    };
    const page = pages[pathname];
    if (page) return send("text/html", page);
    const inPackages = pathname.startsWith("/packages/");
    const folder = inPackages ? packages : out;
    const file = join(folder, inPackages ? pathname.slice("/packages".length) : pathname);
    if (!file.startsWith(folder) || !existsSync(file)) return response.writeHead(404).end();
    return send(types[extname(file)] ?? "application/octet-stream", readFileSync(file));
  };

const nothing: Sent = { bytes: 0, gzipped: 0 };

/** Bundles a page a library, minified, and serves them. */
export async function openSite(
  entries: Readonly<Record<string, string>>,
  peers: string,
): Promise<Site> {
  const out = mkdtempSync(join(tmpdir(), "ganymede-bench-"));
  const pages: Record<string, Buffer> = {};
  for (const [library, entry] of Object.entries(entries)) {
    await bundle(library, entry, peers, out);
    const script = `<script type="module" src="/${library}/main.js"></script>`;
    pages[`/${library}`] = Buffer.from(`<!doctype html><meta charset="utf-8">${script}`);
  }
  let sent = nothing;
  const packages = join(resolve(peers), "node_modules");
  const listener = answer({ out, packages, pages }, (body) => {
    sent = { bytes: sent.bytes + body.length, gzipped: sent.gzipped + gzipSync(body).length };
  });
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    addressOf: (library, query) => `http://127.0.0.1:${port}/${library}?${query}`,
    sent() {
      const now = sent;
      sent = nothing;
      return now;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(out, { recursive: true, force: true });
    },
  };
}
